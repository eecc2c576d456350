#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "mini_bert/bert/checkpoint.h"
#include "tests/bert/bert_testing.h"
#include "tests/files/temporary_folder.h"

namespace mini_bert::test {

// A model directory whose tensors a test may rename, drop or replace.
struct Saved {
  Saved() {
    randomize(model, 1);
    save_pretrained(folder.path(), model, tokenizer);
  }
  // Writes model.safetensors again, each tensor as `change` leaves it; a tensor without a name is left out.
  void rewrite(const std::function<void(NamedTensor&)>& change, std::vector<NamedTensor> more = {}) const {
    for (NamedTensor tensor : named_tensors(model.parameters())) {
      change(tensor);
      if (!tensor.name.empty()) more.push_back(tensor);
    }
    write_safetensors(folder / "model.safetensors", more);
  }
  PretrainedModel load() const { return load_pretrained(folder.path()); }
  Tensor value_of(const std::string& name) const {
    for (const NamedTensor& tensor : named_tensors(model.parameters())) {
      if (tensor.name == name) return tensor.tensor;
    }
    return {};
  }
  bool equals(const BertForMaskedLM& other) const {
    return same_bits(values_of(other.parameters()), values_of(model.parameters()));
  }

  TemporaryFolder folder;
  Tokenizer tokenizer = tiny_tokenizer();
  BertForMaskedLM model{tiny_config(0.25)};
};

}  // namespace mini_bert::test
