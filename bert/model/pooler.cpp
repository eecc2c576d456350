#include "bert/model/pooler.h"

#include "autograd/ops/gather_rows.h"
#include "autograd/ops/tanh.h"

namespace mini_bert {

BertPooler::BertPooler(const BertConfig& config, DType dtype) : dense_(config.hidden_size, config.hidden_size, dtype) {
  register_module("dense", dense_);
}

Var BertPooler::forward(const Var& hidden, const SequenceOffsets& offsets) const {
  std::vector<std::int32_t> first_tokens;
  for (Index b = 0; b < offsets.count(); ++b) first_tokens.push_back(static_cast<std::int32_t>(offsets.begin(b)));
  return tanh(dense_.forward(gather_rows(hidden, Tensor::from(first_tokens))));  // [B,H]
}

}  // namespace mini_bert
