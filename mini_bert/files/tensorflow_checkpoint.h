#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "mini_bert/files/tensor_file.h"

namespace mini_bert {

// A variable of a TensorFlow checkpoint.
struct TensorflowVariable {
  StoredTensor tensor;  // begin and end count within its data file
  Index shard = 0;      // which of the data files
};

struct TensorflowIndex {
  std::vector<TensorflowVariable> variables;
  Index shards = 1;
};

// What the file <prefix>.index says: a table of sorted keys (LevelDB's format: prefix-compressed blocks, a block that
// points to them, a footer of 48 bytes) whose values are protocol buffers, BundleHeaderProto under the empty key and
// BundleEntryProto under each variable's name. https://github.com/tensorflow/tensorflow, core/util/tensor_bundle and
// core/protobuf/tensor_bundle.proto. Error unless all of it is well formed and its checksums are right.
TensorflowIndex parse_tensorflow_index(std::span<const std::byte> file, const std::string& path);

// Opens a TensorFlow checkpoint from its index. The data files, <prefix>.data-00000-of-00001, lie beside it. The
// tensors have the variables' names, the optimizer's variables among them.
std::vector<TensorFile> open_tensorflow_checkpoint(const std::filesystem::path& index);

}  // namespace mini_bert
