#include "mini_bert/files/safetensors_header.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "mini_bert/base/file_error.h"
#include "mini_bert/base/foreign_error.h"
#include "mini_bert/files/file_kind.h"
#include "mini_bert/files/safetensors_json.h"

namespace mini_bert {

using safetensors::remedy;

namespace {

constexpr std::size_t most_header_bytes = 100'000'000;

// The tensors must fill the data from its first to its last byte. Afterwards begin and end count from the start of the
// file.
void check_offsets(std::vector<StoredTensor>& tensors, std::size_t data_begin, std::size_t data_bytes,
                   const std::string& path) {
  std::stable_sort(tensors.begin(), tensors.end(), [](const StoredTensor& a, const StoredTensor& b) {
    return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
  });
  std::size_t next = 0;
  for (StoredTensor& tensor : tensors) {
    require(tensor.begin <= tensor.end, "{}: tensor {}: data_offsets [{}, {}] run backwards; {}", path,
            in_quotes(tensor.name), tensor.begin, tensor.end, remedy);
    require(tensor.end <= data_bytes, "{}: tensor {}: ends at byte {} of the data, but the file holds only {}; {}",
            path, in_quotes(tensor.name), tensor.end, data_bytes, remedy);
    require(tensor.begin >= next, "{}: tensor {}: begins at byte {}, inside the tensor before it (expected {}); {}",
            path, in_quotes(tensor.name), tensor.begin, next, remedy);
    require(tensor.begin == next, "{}: tensor {}: begins at byte {}, expected {}: no tensor owns the bytes between; {}",
            path, in_quotes(tensor.name), tensor.begin, next, remedy);
    const auto needed = bytes_needed(tensor.type, tensor.extents);
    require(needed.has_value(), "{}: tensor {}: {} of shape {} is no possible number of bytes; {}", path,
            in_quotes(tensor.name), tensor.type.name, tensor.shape(), remedy);
    require(tensor.end - tensor.begin == *needed, "{}: tensor {}: has {} bytes, but {} of shape {} needs {}; {}", path,
            in_quotes(tensor.name), tensor.end - tensor.begin, tensor.type.name, tensor.shape(), *needed, remedy);
    next = tensor.end;
    tensor.begin += data_begin;
    tensor.end += data_begin;
  }
  require(next == data_bytes, "{}: the tensors end at byte {} of the data, but the file holds {}; {}", path, next,
          data_bytes, remedy);
}

SafetensorsHeader read_header(std::span<const std::byte> file, const std::string& path) {
  require(file.size() >= 8, "{}: has {} bytes, expected at least 8; {}", path, file.size(), remedy);
  std::uint64_t length = 0;
  std::memcpy(&length, file.data(), 8);
  // The length of a header may have the first bytes of any other kind of file, so only a wrong length tells that kind.
  if (length > most_header_bytes || length > file.size() - 8) {
    const std::string kind = describe_file_kind(file);
    require(kind.empty(), "{}: {}", path, kind);
  }
  require(length <= most_header_bytes, "{}: header of {} bytes, expected at most {}; {}", path, length,
          most_header_bytes, remedy);
  require(length <= file.size() - 8, "{}: header of {} bytes, but only {} follow; {}", path, length, file.size() - 8,
          remedy);
  const std::string_view padded(reinterpret_cast<const char*>(file.data()) + 8, length);
  require(padded.starts_with('{'), "{}: the header does not begin with '{{'; {}", path, remedy);
  const std::string_view text = padded.substr(0, padded.find_last_not_of(' ') + 1);

  SafetensorsHeader header = safetensors::read_header_json(text, path);
  require(text.ends_with('}'), "{}: the header does not end with '}}' and spaces; {}", path, remedy);
  check_offsets(header.tensors, 8 + length, file.size() - 8 - length, path);
  return header;
}

}  // namespace

SafetensorsHeader parse_safetensors_header(std::span<const std::byte> file, const std::string& path) {
  return with_file_name(path, [&] { return read_header(file, path); });
}

}  // namespace mini_bert
