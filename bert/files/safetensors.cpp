#include "bert/files/safetensors.h"

#include <bit>
#include <cstring>

#include "bert/files/file_error.h"
#include "bert/files/half.h"
#include "tensor/parallel.h"

static_assert(std::endian::native == std::endian::little, "safetensors files are little-endian, and read as they are");

namespace mini_bert {
namespace {

constexpr Index grain = 1 << 16;  // elements a thread converts at a time

struct Half {
  std::uint16_t bits;
  explicit operator float() const { return half_to_float(bits); }
};

template <class From, class To>
To convert(From value) {
  if constexpr (std::is_same_v<From, To>) {
    return value;
  } else if constexpr (std::is_arithmetic_v<From> && std::is_arithmetic_v<To>) {
    return static_cast<To>(value);
  } else {
    return To(static_cast<float>(value));
  }
}

// The file's bytes need not be aligned, hence the copy of each element.
template <class From, class To>
void convert_elements(const std::byte* from, To* to, Index count) {
  if constexpr (std::is_same_v<From, To>) {
    std::memcpy(to, from, static_cast<std::size_t>(count) * sizeof(To));
  } else {
    for (Index i = 0; i < count; ++i) {
      From value;
      std::memcpy(&value, from + i * static_cast<Index>(sizeof(From)), sizeof(From));
      to[i] = convert<From, To>(value);
    }
  }
}

template <class From>
void read_elements(const std::byte* from, Tensor& to) {
  const auto run = [&]<class To>(To* target) {
    parallel_for_chunks(to.size(), grain, [&](Index begin, Index end) {
      convert_elements<From>(from + begin * static_cast<Index>(sizeof(From)), target + begin, end - begin);
    });
  };
  switch (to.dtype()) {
    case DType::f32:
      return run(to.data<float>());
    case DType::f64:
      return run(to.data<double>());
    case DType::bf16:
      return run(to.data<BFloat16>());
    default:
      fail("safetensors: tensors are read as f32, f64 or bf16, not as {}", name_of(to.dtype()));
  }
}

Shape tensor_shape(const std::vector<Index>& extents) {
  switch (extents.size()) {
    case 0:
      return {};
    case 1:
      return {extents[0]};
    case 2:
      return {extents[0], extents[1]};
    case 3:
      return {extents[0], extents[1], extents[2]};
    default:
      return {extents[0], extents[1], extents[2], extents[3]};
  }
}

}  // namespace

SafetensorsFile::SafetensorsFile(const std::filesystem::path& path)
    : path_(path.string()), file_(path), header_(parse_safetensors_header(file_.bytes(), path_)) {
  for (std::size_t i = 0; i < header_.tensors.size(); ++i) index_.emplace(header_.tensors[i].name, i);
}

const StoredTensor* SafetensorsFile::find(std::string_view name) const {
  const auto found = index_.find(name);
  return found == index_.end() ? nullptr : &header_.tensors[found->second];
}

Tensor SafetensorsFile::read(std::string_view name, DType dtype) const {
  const StoredTensor* stored = find(name);
  require(stored != nullptr, "{}: has no tensor {}; is it a checkpoint of another model?", path_, in_quotes(name));
  require(stored->extents.size() <= Shape::max_rank, "{}: tensor {}: shape {}, expected at most {} extents", path_,
          in_quotes(name), stored->shape(), Shape::max_rank);
  Tensor tensor(tensor_shape(stored->extents), dtype);
  const std::byte* from = file_.bytes().data() + stored->begin;
  const std::string_view type = stored->type.name;
  if (type == "F32") {
    read_elements<float>(from, tensor);
  } else if (type == "BF16") {
    read_elements<BFloat16>(from, tensor);
  } else if (type == "F16") {
    read_elements<Half>(from, tensor);
  } else if (type == "F64") {
    read_elements<double>(from, tensor);
  } else {
    fail("{}: tensor {}: stored as {}, expected F64, F32, F16 or BF16; convert the checkpoint", path_, in_quotes(name),
         type);
  }
  return tensor;
}

}  // namespace mini_bert
