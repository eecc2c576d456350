#pragma once

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "bert/files/mapped_file.h"
#include "bert/files/safetensors_header.h"
#include "tensor/tensor.h"

namespace mini_bert {

// A safetensors file, open for reading. Whoever holds one holds a checked file: the constructor throws Error for
// anything parse_safetensors_header refuses, and there is no other way in.
class SafetensorsFile {
 public:
  explicit SafetensorsFile(const std::filesystem::path& path);

  const std::string& path() const { return path_; }
  const std::vector<StoredTensor>& tensors() const { return header_.tensors; }  // in the order of their bytes
  const std::map<std::string, std::string>& metadata() const { return header_.metadata; }

  const StoredTensor* find(std::string_view name) const;  // nullptr when there is none
  bool contains(std::string_view name) const { return find(name) != nullptr; }

  // A copy of a tensor, converted to `dtype` (f32, f64 or bf16). Error when there is no such tensor, when it is stored
  // as anything but F64, F32, F16 or BF16, or when it has more than Shape::max_rank extents.
  Tensor read(std::string_view name, DType dtype = DType::f32) const;

 private:
  std::string path_;
  MappedFile file_;
  SafetensorsHeader header_;
  std::unordered_map<std::string_view, std::size_t> index_;  // name -> place in header_.tensors
};

struct NamedTensor {
  std::string name;
  Tensor tensor;
};

// How floating-point tensors are written; `unchanged` writes each with its own type. i32 tensors are always I32.
enum class StorageType { unchanged, f32, bf16, f16 };

// Writes the tensors atomically (see AtomicFile), in the given order, except that wider element types come first, so
// that each tensor is aligned. Equal input gives equal bytes. Nothing of the size of the model is copied. Error for a
// name that occurs twice or is not UTF-8, for an undefined tensor, and for a number too large for f16.
void write_safetensors(const std::filesystem::path& path, std::span<const NamedTensor> tensors,
                       StorageType type = StorageType::f32,
                       const std::map<std::string, std::string>& metadata = {{"format", "pt"}});

}  // namespace mini_bert
