#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "mini_bert/files/stored_tensor.h"

namespace mini_bert {

struct SafetensorsHeader {
  std::vector<StoredTensor> tensors;            // in the order of their bytes
  std::map<std::string, std::string> metadata;  // "__metadata__"
};

// Checks everything the format promises and returns what a file's header says; `path` is for messages. The format:
//   8 bytes   N, the header's length, little-endian, at most 100,000,000
//   N bytes   JSON: {"name": {"dtype": "F32", "shape": [2,3], "data_offsets": [begin, end]}, …}, padded with spaces
//   the rest  the tensors' bytes, row-major, little-endian, one after the other from offset 0 to the end of the file
// https://github.com/huggingface/safetensors#format. Error also for what the format does not forbid: a key that occurs
// twice, holes, overlaps, bytes behind the last tensor, and an empty tensor that does not lie where the tensor before
// it ends.
SafetensorsHeader parse_safetensors_header(std::span<const std::byte> file, const std::string& path);

}  // namespace mini_bert
