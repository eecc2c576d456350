#pragma once

#include <filesystem>
#include <vector>

#include "mini_bert/files/tensor_file.h"

namespace mini_bert {

// Opens the weights in a model directory, in the first of these forms that exists:
//   model.safetensors                   one file (safetensors.h)
//   model.safetensors.index.json        several, and which tensor is where: {"weight_map": {"name": "file", …}}
//   pytorch_model.bin                   what torch.save wrote, either container (torch_file.h)
//   pytorch_model.bin.index.json        several of those
//   bert_model.ckpt.index               Google's TensorFlow checkpoint (tensorflow_checkpoint.h)
// Returns at least one file. Error when none of them exists, and when a file is damaged.
std::vector<TensorFile> open_weights(const std::filesystem::path& directory);

}  // namespace mini_bert
