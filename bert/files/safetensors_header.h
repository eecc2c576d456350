#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tensor/shape.h"

namespace mini_bert {

// An element type as safetensors names it. All of them can be listed; F64, F32, F16 and BF16 can be read.
struct StoredType {
  std::string_view name;
  int bits = 0;
  bool operator==(const StoredType& other) const { return name == other.name; }
};

// One tensor of a safetensors file. Its bytes are [begin, end) of the file; the header's parser has checked that they
// exist and that their number is what type and shape need.
struct StoredTensor {
  std::string name;
  StoredType type;
  std::vector<Index> extents;
  std::size_t begin = 0;
  std::size_t end = 0;

  Index size() const;         // number of elements
  std::string shape() const;  // "[768,3072]"
};

struct SafetensorsHeader {
  std::vector<StoredTensor> tensors;            // in the order of their bytes
  std::map<std::string, std::string> metadata;  // "__metadata__"
};

// Checks everything the format promises and returns what a file's header says; `path` is for messages. The format:
//   8 bytes   N, the header's length, little-endian, at most 100,000,000
//   N bytes   JSON: {"name": {"dtype": "F32", "shape": [2,3], "data_offsets": [begin, end]}, …}, padded with spaces
//   the rest  the tensors' bytes, row-major, little-endian, one after the other from offset 0 to the end of the file
// https://github.com/huggingface/safetensors#format. Beyond its letter: no key twice, no holes, no overlaps, nothing
// behind the last tensor, and an empty tensor lies where the tensor before it ends.
SafetensorsHeader parse_safetensors_header(std::span<const std::byte> file, const std::string& path);

}  // namespace mini_bert
