#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "mini_bert/files/mapped_file.h"
#include "mini_bert/files/stored_tensor.h"
#include "mini_bert/tensor/tensor.h"

namespace mini_bert {

// A file of tensors of any format, open for reading. The parser of the format has located and checked each tensor.
// Formats: see safetensors.h, torch_file.h, tensorflow_checkpoint.h.
class TensorFile {
 public:
  // `path` is for messages. The tensors' names differ from each other.
  TensorFile(std::string path, std::shared_ptr<MappedFile> file, std::vector<StoredTensor> tensors);
  TensorFile(TensorFile&&) = default;
  TensorFile& operator=(TensorFile&&) = default;

  const std::string& path() const { return path_; }
  const std::vector<StoredTensor>& tensors() const { return tensors_; }

  const StoredTensor* find(std::string_view name) const;  // nullptr when there is none
  bool contains(std::string_view name) const { return find(name) != nullptr; }

  // A tensor as `dtype` (f32, f64, bf16 or f16). When the file holds the same bits as memory would, the result is a
  // view of the mapped file: nothing is copied, pages are loaded when they are first touched, and writing to the tensor
  // leaves the file unchanged. Otherwise the result is a converted copy. Error when there is no such tensor, when it is
  // not stored as F64, F32, F16 or BF16, or when it has more than Shape::max_rank extents.
  Tensor read(std::string_view name, DType dtype = DType::f32) const;

  // Copies a tensor into `target`, which must have its shape, and converts it to the type of `target`. Pages of the
  // file that have been copied no longer count as memory of this process, unless a tensor is a view of the file.
  void read_into(std::string_view name, Tensor& target) const;

  // The same for one of tensors(), or for its transposed().
  Tensor read(const StoredTensor& stored, DType dtype = DType::f32) const;
  void read_into(const StoredTensor& stored, Tensor& target) const;

 private:
  const StoredTensor& get(std::string_view name) const;
  void check_readable(const StoredTensor& stored) const;

  std::string path_;
  std::shared_ptr<MappedFile> file_;  // shared with the tensors that are views of it
  std::vector<StoredTensor> tensors_;
  std::unordered_map<std::string_view, std::size_t> index_;  // name -> place in tensors_
};

}  // namespace mini_bert
