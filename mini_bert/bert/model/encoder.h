#pragma once

#include <memory>
#include <vector>

#include "mini_bert/bert/bert_config.h"
#include "mini_bert/nn/dropout.h"
#include "mini_bert/nn/layer_norm.h"
#include "mini_bert/nn/linear.h"
#include "mini_bert/nn/self_attention.h"

namespace mini_bert {

// One encoder layer, post-norm as in the original Transformer. Vaswani et al. 2017, arXiv:1706.03762 §3.1; Devlin et
// al. 2019, arXiv:1810.04805 §3. x and result [T,H]:
//   a = LayerNorm(x + dropout(W_o·attention(x)))        [T,H]
//   y = LayerNorm(a + dropout(W_2·gelu(W_1·a)))         [T,H] by way of [T,F]
// Only attention looks at other rows. So where only some rows of the result are read, `rows` (i32 [M]), everything
// after attention is computed for these alone and the result is [M,H].
class BertLayer : public Module {
 public:
  BertLayer(const BertConfig& config, DType dtype);

  Var forward(const Var& x, const SequenceOffsets& offsets, Mode& mode, const Tensor& rows = {}) const;

 private:
  SelfAttention attention_;
  Linear attention_output_;
  LayerNorm attention_norm_;
  Linear intermediate_, output_;
  LayerNorm output_norm_;
  Dropout dropout_;
  Activation activation_;
};

// L layers, one after the other; x and result [T,H], or [M,H] when only the given rows of the result are wanted. With
// 15 % of the tokens masked the last of twelve layers then costs a third: 6 % of the encoder's work is saved. The mode
// says what of a layer is kept for the backward pass.
class BertEncoder : public Module {
 public:
  BertEncoder(const BertConfig& config, DType dtype);

  Var forward(Var x, const SequenceOffsets& offsets, Mode& mode, const Tensor& rows = {}) const;

 private:
  std::vector<std::unique_ptr<BertLayer>> layers_;
};

}  // namespace mini_bert
