#include "autograd/ops/attention.h"

#include "autograd/tape.h"

namespace mini_bert {

Var attention(const Var& qkv, const SequenceOffsets& offsets, const AttentionOptions& options) {
  const profile::Timed timed("attention");
  const Index tokens = qkv.shape().rows(), width = qkv.shape().cols();
  require(qkv.shape().rank() == 2 && options.heads >= 1 && width % (3 * options.heads) == 0,
          "attention: qkv must be [T,3H] with H a multiple of {} heads, got {}", options.heads, qkv.shape());
  require(offsets.tokens() == tokens, "attention: offsets must cover the {} rows of qkv, they cover {}", tokens,
          offsets.tokens());
  require(offsets.longest() < (Index{1} << 16), "attention: sentences must be shorter than 65536 tokens, got {}",
          offsets.longest());
  require(0 <= options.dropout && options.dropout < 1, "attention: dropout must be at least 0 and below 1, got {}",
          options.dropout);
  Tensor y({tokens, width / 3}, qkv.dtype()), log_sum_exp({tokens, options.heads}, arithmetic_dtype(qkv.dtype()));
  kernels::attention(qkv.value(), offsets, options, y, log_sum_exp);
  return record(y, {qkv}, [qkv, offsets, options, log_sum_exp](const Tensor& dy) {
    if (const auto dqkv = qkv.gradient()) {
      kernels::attention_backward(dy, qkv.value(), log_sum_exp, offsets, options, dqkv);
    }
  });
}

}  // namespace mini_bert
