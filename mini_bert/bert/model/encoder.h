#pragma once

#include <memory>
#include <vector>

#include "mini_bert/bert/bert_config.h"
#include "mini_bert/nn/dropout.h"
#include "mini_bert/nn/layer_norm.h"
#include "mini_bert/nn/linear.h"
#include "mini_bert/nn/self_attention.h"

namespace mini_bert {

// One encoder layer. Vaswani et al. 2017, arXiv:1706.03762 §3.1 to §3.3; Devlin et al. 2019, arXiv:1810.04805 §3. x and
// result [T,H]:
//   a = LayerNorm(x + dropout(MultiHead(x)))          [T,H]
//   y = LayerNorm(a + dropout(φ(a·W_1 + b_1)·W_2 + b_2))    [T,H], with φ(…) [T,F]
// Only attention reads other rows. When the caller needs only the rows `rows` (i32 [M]), the steps after attention
// compute only these rows, and the result is [M,H].
class BertLayer : public Module {
 public:
  BertLayer(const BertConfig& config, DType dtype);

  Var forward(const Var& x, const SequenceOffsets& offsets, Mode& mode, const Tensor& rows = {}) const;

 private:
  SelfAttention attention_;
  LayerNorm attention_norm_;
  Linear inner_, outer_;
  LayerNorm outer_norm_;
  Dropout dropout_;
  Activation activation_;
};

// L layers in sequence; x and result [T,H], or [M,H] when only some rows of the result are needed. With 15 % of the
// tokens masked, the last of twelve layers then costs a third as much, which saves 6 % of the encoder's work. The mode
// decides which activations a layer keeps for the backward pass.
class BertEncoder : public Module {
 public:
  BertEncoder(const BertConfig& config, DType dtype);

  Var forward(Var x, const SequenceOffsets& offsets, Mode& mode, const Tensor& rows = {}) const;

 private:
  std::vector<std::unique_ptr<BertLayer>> layers_;
};

}  // namespace mini_bert
