#include <algorithm>
#include <cmath>
#include <unordered_set>
#include <utility>

#include <nlohmann/json.hpp>

#include "mini_bert/base/file_error.h"
#include "mini_bert/files/safetensors.h"
#include "mini_bert/tensor/parallel.h"

namespace mini_bert {
namespace {

constexpr Index elements_at_a_time = 1 << 20;  // 4 MB of conversion buffer, whatever the model's size

struct Entry {
  const NamedTensor* named;
  StoredType type;

  std::size_t element_bytes() const { return static_cast<std::size_t>(type.bits) / 8; }
};

DType stored_dtype(DType own, StorageType type) {
  if (own == DType::i32) return own;
  switch (type) {
    case StorageType::f32:
      return DType::f32;
    case StorageType::bf16:
      return DType::bf16;
    case StorageType::f16:
      return DType::f16;
    default:
      return own;
  }
}

// A JSON text. Error when it is not UTF-8.
std::string json_text(const std::string& text, const std::string& path) {
  try {
    return nlohmann::json(text).dump();
  } catch (const nlohmann::json::exception&) {
    fail("{}: cannot be written: the name {} is not UTF-8; rename it", path, in_quotes(text));
  }
}

std::string make_header(const std::vector<Entry>& entries, const std::map<std::string, std::string>& metadata,
                        const std::string& path) {
  std::string header = "{";
  const auto separate = [&] {
    if (header.size() > 1) header += ',';
  };
  if (!metadata.empty()) {
    header += "\"__metadata__\":{";
    for (const auto& [key, value] : metadata) {
      if (header.back() != '{') header += ',';
      header += json_text(key, path) + ':' + json_text(value, path);
    }
    header += '}';
  }
  std::size_t begin = 0;
  for (const Entry& entry : entries) {
    separate();
    const Tensor& tensor = entry.named->tensor;
    const std::size_t end = begin + static_cast<std::size_t>(tensor.size()) * entry.element_bytes();
    header += fmt::format("{}:{{\"dtype\":\"{}\",\"shape\":{},\"data_offsets\":[{},{}]}}",
                          json_text(entry.named->name, path), entry.type.name, tensor.shape(), begin, end);
    begin = end;
  }
  header += '}';
  header.resize((header.size() + 7) / 8 * 8, ' ');
  require(header.size() <= 100'000'000, "{}: cannot be written: a header of {}, at most 100 MB are allowed", path,
          format_bytes(header.size()));
  return header;
}

struct TooLargeForHalf {
  float value;
};

Float16 to_half(float value) {
  const Float16 half(value);
  if ((half.bits & 0x7fffu) == 0x7c00u && std::isfinite(value)) throw TooLargeForHalf{value};
  return half;
}

template <class From, class To, class Convert>
void convert_each(const Tensor& from, std::byte* to, const Convert& convert) {
  const From* source = from.data<From>();
  To* target = reinterpret_cast<To*>(to);
  parallel_for_chunks(from.size(), 1 << 15, [&](Index begin, Index end) {
    for (Index i = begin; i < end; ++i) target[i] = convert(static_cast<float>(source[i]));
  });
}

// Converts floating-point numbers to the stored type, f32, bf16 or f16.
void convert_elements(const Tensor& from, DType type, std::byte* to) {
  visit_floating(from.dtype(), [&]<class From>() {
    if (type == DType::f32) return convert_each<From, float>(from, to, [](float value) { return value; });
    if (type == DType::bf16) return convert_each<From, BFloat16>(from, to, [](float value) { return BFloat16(value); });
    convert_each<From, Float16>(from, to, to_half);
  });
}

void write_elements(AtomicFile& file, const Entry& entry, const std::string& path) {
  const Tensor& tensor = entry.named->tensor;
  if (entry.type.dtype == tensor.dtype()) return file.write(std::span(tensor.raw(), tensor.bytes()));
  const Tensor flat = tensor.reshape({tensor.size()});
  const Index most = std::min(elements_at_a_time, flat.size());
  Tensor buffer({most}, DType::f32);
  for (Index begin = 0; begin < flat.size(); begin += most) {
    const Tensor piece = flat.rows(begin, std::min(begin + most, flat.size()));
    try {
      convert_elements(piece, *entry.type.dtype, buffer.raw());
    } catch (const TooLargeForHalf& found) {
      fail("{}: cannot be written: tensor {}: {} is too large for F16; store as BF16 or F32", path,
           in_quotes(entry.named->name), found.value);
    }
    file.write(std::span(buffer.raw(), static_cast<std::size_t>(piece.size()) * entry.element_bytes()));
  }
}

}  // namespace

WrittenFile write_safetensors(const std::filesystem::path& path, std::span<const NamedTensor> tensors, StorageType type,
                              const std::map<std::string, std::string>& metadata) {
  std::vector<Entry> entries;
  std::unordered_set<std::string_view> names;
  for (const NamedTensor& named : tensors) {
    require(named.name != "__metadata__" && names.insert(named.name).second,
            "{}: cannot be written: two tensors are called {}", path.string(), in_quotes(named.name));
    require(named.tensor.defined(), "{}: cannot be written: tensor {} is undefined", path.string(),
            in_quotes(named.name));
    entries.push_back({&named, stored_type_of(stored_dtype(named.tensor.dtype(), type))});
  }
  std::stable_sort(entries.begin(), entries.end(),
                   [](const Entry& a, const Entry& b) { return a.type.bits > b.type.bits; });

  const std::string header = make_header(entries, metadata, path.string());
  std::uint64_t total = 8 + header.size();
  for (const Entry& entry : entries) {
    total += static_cast<std::uint64_t>(entry.named->tensor.size()) * entry.element_bytes();
  }
  AtomicFile file(path, total);
  const std::uint64_t length = header.size();
  file.write(std::as_bytes(std::span(&length, 1)));
  file.write(header);
  for (const Entry& entry : entries) write_elements(file, entry, path.string());
  return file.commit();
}

}  // namespace mini_bert
