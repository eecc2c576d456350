#pragma once

#include "mini_bert/bert/bert_config.h"
#include "mini_bert/nn/linear.h"
#include "mini_bert/tensor/sequence_offsets.h"

namespace mini_bert {

// The packed row of each sentence's first token, [CLS]; i32 [B].
Tensor first_rows(const SequenceOffsets& offsets);

// One vector per sentence: tanh(W·x + b) of its first token, [CLS]; x and result [B,H].
class BertPooler : public Module {
 public:
  BertPooler(const BertConfig& config, DType dtype);

  Var forward(const Var& first) const;

 private:
  Linear dense_;
};

}  // namespace mini_bert
