#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "mini_bert/bert/names/name_table.h"
#include "mini_bert/files/tensor_file.h"

namespace mini_bert {

// A tensor of a checkpoint: its file, and how its stored form differs from ours.
struct LocatedTensor {
  const TensorFile* file = nullptr;
  const StoredTensor* stored = nullptr;
  NameRow::Form form = NameRow::Form::as_is;

  // The tensor in our orientation. A tensor with other than two dimensions is not transposed; the check of its shape
  // refuses it later.
  StoredTensor oriented() const;
};

// The tensors of a model's files by name, and the family that their names follow. Names are read without the prefixes
// that wrappers put before them.
class CheckpointTensors {
 public:
  // The family whose names most of these paths have in the files.
  CheckpointTensors(const std::vector<TensorFile>& files, const std::vector<std::string>& paths);

  std::size_t count() const { return count_; }

  // The parameter's name in the family.
  std::string name(const std::string& path) const;

  // The tensor under the parameter's own name, not under a second one; nothing when the files do not have it.
  std::optional<LocatedTensor> find(std::string_view path) const;

  // Removes the parameter's tensor and returns it; nothing when the files do not have it.
  std::optional<LocatedTensor> take(const std::string& path);

  // Forgets the tensors that repeat the parameter under a second name. Call it when all parameters have been taken.
  void drop_repeated(const std::string& path);

  // The names, in the files' spelling, of all tensors that were not taken. Tensors without content of their own are
  // left out.
  std::vector<std::string> others() const;

 private:
  const NameTable* table_ = nullptr;
  std::map<std::string, LocatedTensor> found_;
  std::size_t count_ = 0;
};

}  // namespace mini_bert
