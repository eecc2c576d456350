#include "mini_bert/autograd/ops/attention.h"

#include "mini_bert/autograd/tape.h"

namespace mini_bert {
namespace {

void check(const Var& q, const Var& k, const Var& v, const SequenceOffsets& offsets, const AttentionOptions& options) {
  require(q.shape().rank() == 2 && options.heads >= 1 && q.shape()[1] % options.heads == 0,
          "attention: q must be [T,H] with H a multiple of {} heads, got {}", options.heads, q.shape());
  require(k.shape() == q.shape() && v.shape() == q.shape(), "attention: k and v must be {} as q is, got {} and {}",
          q.shape(), k.shape(), v.shape());
  require(k.dtype() == q.dtype() && v.dtype() == q.dtype(), "attention: k and v must be {} as q is, got {} and {}",
          name_of(q.dtype()), name_of(k.dtype()), name_of(v.dtype()));
  require(offsets.tokens() == q.shape()[0], "attention: offsets must cover the {} rows of q, they cover {}",
          q.shape()[0], offsets.tokens());
  require(offsets.longest() < (Index{1} << 16), "attention: sentences must be shorter than 65536 tokens, got {}",
          offsets.longest());
  require(0 <= options.dropout && options.dropout < 1, "attention: dropout must be at least 0 and below 1, got {}",
          options.dropout);
}

}  // namespace

Var attention(const Var& q, const Var& k, const Var& v, const SequenceOffsets& offsets,
              const AttentionOptions& options) {
  const profile::Timed timed("attention");
  check(q, k, v, offsets, options);
  Tensor y(q.shape(), q.dtype()), log_sum_exp;
  if (Tape::current() != nullptr) log_sum_exp = Tensor({q.shape()[0], options.heads}, arithmetic_dtype(q.dtype()));
  kernels::attention({q.value(), k.value(), v.value()}, offsets, options, y, log_sum_exp);
  return record(y, {q, k, v}, [q, k, v, offsets, options, log_sum_exp](const Tensor& dy) {
    // In the order in which the kernel writes them, because q, k and v may be one Var.
    const auto dq = q.gradient(), dk = k.gradient(), dv = v.gradient();
    kernels::attention_backward(dy, {q.value(), k.value(), v.value()}, log_sum_exp, offsets, options, {dq, dk, dv});
  });
}

}  // namespace mini_bert
