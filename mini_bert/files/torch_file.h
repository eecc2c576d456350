#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "mini_bert/files/tensor_file.h"

namespace mini_bert {

// Opens what torch.save(model.state_dict(), path) wrote: a dictionary of tensors, in either of two containers.
//   since torch 1.6   a zip archive of stored files: <any>/data.pkl, the pickled dictionary, and <any>/data/<key>, the
//                     bytes of each storage
//   before            pickles in a row: a magic number, 1001, facts about the machine, the dictionary, the list of
//                     storage keys; then for each key its number of elements (8 bytes) and the elements
// The pickles are read, not run (see pickle.h). Strided tensors are supported. Error for anything that is not a tensor.
TensorFile open_torch_file(const std::filesystem::path& path);

// Locates the tensors of a file whose bytes are in memory; `path` is for messages.
std::vector<StoredTensor> parse_torch_file(std::span<const std::byte> file, const std::string& path);

}  // namespace mini_bert
