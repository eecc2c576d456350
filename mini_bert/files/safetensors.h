#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>

#include "mini_bert/files/atomic_file.h"
#include "mini_bert/files/safetensors_header.h"
#include "mini_bert/files/tensor_file.h"

namespace mini_bert {

// A safetensors file, open for reading. The file has been checked: the constructor throws Error for anything that
// parse_safetensors_header refuses. Tensors are in the order of their bytes.
class SafetensorsFile : public TensorFile {
 public:
  explicit SafetensorsFile(const std::filesystem::path& path);

  const std::map<std::string, std::string>& metadata() const { return metadata_; }

 private:
  SafetensorsFile(const std::string& path, const std::shared_ptr<MappedFile>& file);
  SafetensorsFile(const std::string& path, std::shared_ptr<MappedFile> file, SafetensorsHeader header);

  std::map<std::string, std::string> metadata_;
};

struct NamedTensor {
  std::string name;
  Tensor tensor;
};

// How floating-point tensors are written; `unchanged` writes each with its own type. i32 tensors are always I32.
enum class StorageType { unchanged, f32, bf16, f16 };

// Writes the tensors atomically (see AtomicFile) in the given order, but wider element types first, so that each tensor
// is aligned. Equal input gives equal bytes. Conversion takes a buffer of 4 MB, whatever the size of the model. Error
// for a name that occurs twice or is not UTF-8, for an undefined tensor, and for a number too large for f16.
WrittenFile write_safetensors(const std::filesystem::path& path, std::span<const NamedTensor> tensors,
                              StorageType type = StorageType::f32,
                              const std::map<std::string, std::string>& metadata = {{"format", "pt"}});

}  // namespace mini_bert
