#include "mini_bert/bert/model/pooler.h"

#include "mini_bert/autograd/ops/tanh.h"

namespace mini_bert {

Tensor first_rows(const SequenceOffsets& offsets) {
  std::vector<std::int32_t> rows;
  for (Index b = 0; b < offsets.count(); ++b) rows.push_back(static_cast<std::int32_t>(offsets.begin(b)));
  return Tensor::from(rows);
}

BertPooler::BertPooler(const BertConfig& config, DType dtype) : dense_(config.hidden_size, config.hidden_size, dtype) {
  register_module("", dense_);
}

Var BertPooler::forward(const Var& first) const {
  return tanh(dense_.forward(first));
}

}  // namespace mini_bert
