#include "mini_bert/tensor/kernels/attention.h"

#include <cmath>
#include <type_traits>

#include "mini_bert/tensor/eigen.h"
#include "mini_bert/tensor/kernels/attention_blocked.h"
#include "mini_bert/tensor/kernels/dropout.h"
#include "mini_bert/tensor/parallel.h"
#include "mini_bert/tensor/simd/kernels.h"

namespace mini_bert::kernels {
namespace {

// Where the rows and columns of one head of one sentence lie. These heads are independent, so each is one task.
struct Head {
  Head(Index task, Index hidden, const SequenceOffsets& offsets, Index heads)
      : index(task % heads),
        count(heads),
        begin(offsets.begin(task / heads)),
        length(offsets.length(task / heads)),
        size(hidden / heads) {}

  // The block [length,D] of a [T,H] tensor.
  template <class Element, class AnyTensor>
  auto of(AnyTensor& x) const {
    return block<Element>(x, begin, index * size, length, size);
  }

  Index index, count, begin, length, size;
};

// The dropout mask of the probabilities [length,length]: factors that are 0 or 1/(1−p). Element (i, j) of head n uses
// random number (t·N + n)·2¹⁶ + j, where t is the packed row of query i. Sentences are shorter than 2¹⁶ tokens.
template <class Element>
Matrix<Element> probability_mask(const Head& head, const AttentionOptions& options) {
  Matrix<Element> mask(head.length, head.length);
  for (Index i = 0; i < head.length; ++i) {
    const auto first = static_cast<std::uint64_t>((head.begin + i) * head.count + head.index) << 16;
    dropout_mask(options.dropout, options.key, first, head.length, mask.row(i).data());
  }
  return mask;
}

template <class Element>
void forward(const Head& head, const AttentionInputs& in, const AttentionOptions& options, Tensor& output,
             Tensor& log_sum_exp) {
  const auto q = head.of<Element>(in.q), k = head.of<Element>(in.k), v = head.of<Element>(in.v);  // [length,D]
  const Element scale = Element(1) / std::sqrt(static_cast<Element>(head.size));
  Matrix<Element> p = (q * k.transpose()) * scale;  // [length,length]: the scores, then the probabilities
  for (Index i = 0; i < head.length; ++i) {
    auto p_i = p.row(i).array();
    const Element maximum = p_i.maxCoeff();
    p_i = (p_i - maximum).exp();
    const Element sum = p_i.sum();
    p_i /= sum;
    if (log_sum_exp.defined()) {
      log_sum_exp.data<Element>()[(head.begin + i) * head.count + head.index] = maximum + std::log(sum);
    }
  }
  if (options.dropout > 0) p.array() *= probability_mask<Element>(head, options).array();
  head.of<Element>(output).noalias() = p * v;  // [length,D]
}

template <class Element>
void backward(const Head& head, const Tensor& doutput, const AttentionInputs& in, const Tensor& log_sum_exp,
              const AttentionOptions& options, const AttentionGradients& gradients) {
  const auto q = head.of<Element>(in.q), k = head.of<Element>(in.k), v = head.of<Element>(in.v),
             d_o = head.of<Element>(doutput);  // [length,D]
  const Element scale = Element(1) / std::sqrt(static_cast<Element>(head.size));
  const auto put_head = [&](const Gradient& gradient, const auto& product) {
    if (gradient) put(gradient, head.of<Element>(gradient.tensor()).noalias(), product);
  };

  // p = softmax(scores) = exp(scores − log_sum_exp), with scores = q·kᵀ/√D and the log_sum_exp of the forward pass.
  Matrix<Element> p = (q * k.transpose()) * scale;  // [length,length]
  for (Index i = 0; i < head.length; ++i) {
    const Element normaliser = log_sum_exp.data<Element>()[(head.begin + i) * head.count + head.index];
    p.row(i).array() = (p.row(i).array() - normaliser).exp();
  }
  // output = dropped·v
  Matrix<Element> dp = d_o * v.transpose();  // [length,length]
  Matrix<Element> dropped = p;
  if (options.dropout > 0) {
    const Matrix<Element> mask = probability_mask<Element>(head, options);
    dropped.array() *= mask.array();
    dp.array() *= mask.array();
  }
  // p = softmax(scores): in every row the Jacobian is diag(p) − p·pᵀ. dscores is written over dp.
  for (Index i = 0; i < head.length; ++i) {
    const auto p_i = p.row(i).array();
    auto ds_i = dp.row(i).array();
    const Element mean = (ds_i * p_i).sum();
    ds_i = p_i * (ds_i - mean) * scale;
  }
  // scores = q·kᵀ/√D
  put_head(gradients.dq, dp * k);
  put_head(gradients.dk, dp.transpose() * q);
  put_head(gradients.dv, dropped.transpose() * d_o);
}

AttentionInputs in_f32(const AttentionInputs& in) {
  return {in.q.to(DType::f32), in.k.to(DType::f32), in.v.to(DType::f32)};
}

// Holds in f32 a contribution to a bf16 gradient.
class WideGradient {
 public:
  explicit WideGradient(const Gradient& narrow) : narrow_(narrow) {
    if (narrow) wide_ = Tensor(narrow.tensor().shape());
  }

  Gradient gradient() { return narrow_ ? Gradient(wide_, Output::replace) : Gradient(); }
  void add() {
    if (!narrow_) return;
    if (narrow_.accumulates()) matrix<float>(wide_) += matrix<float>(narrow_.tensor().to(DType::f32));
    narrow_.tensor().copy_from(wide_.to(DType::bf16));
  }

 private:
  Gradient narrow_;
  Tensor wide_;
};

}  // namespace

void attention_as_defined(const AttentionInputs& in, const SequenceOffsets& offsets, const AttentionOptions& options,
                          Tensor& output, Tensor& log_sum_exp) {
  if (output.dtype() == DType::bf16) {
    Tensor output_f32(output.shape());
    attention_as_defined(in_f32(in), offsets, options, output_f32, log_sum_exp);
    return output.copy_from(output_f32.to(DType::bf16));
  }
  visit_float(output.dtype(), [&]<class Element>() {
    parallel_for(offsets.count() * options.heads, 1, [&](Index task) {
      forward<Element>(Head(task, output.cols(), offsets, options.heads), in, options, output, log_sum_exp);
    });
  });
}

void attention_backward_as_defined(const Tensor& doutput, const AttentionInputs& in, const Tensor& log_sum_exp,
                                   const SequenceOffsets& offsets, const AttentionOptions& options,
                                   const AttentionGradients& gradients) {
  if (doutput.dtype() == DType::bf16) {
    WideGradient dq(gradients.dq), dk(gradients.dk), dv(gradients.dv);
    attention_backward_as_defined(doutput.to(DType::f32), in_f32(in), log_sum_exp, offsets, options,
                                  {dq.gradient(), dk.gradient(), dv.gradient()});
    for (WideGradient* const gradient : {&dq, &dk, &dv}) gradient->add();
    return;
  }
  visit_float(doutput.dtype(), [&]<class Element>() {
    parallel_for(offsets.count() * options.heads, 1, [&](Index task) {
      const Head head(task, doutput.cols(), offsets, options.heads);
      backward<Element>(head, doutput, in, log_sum_exp, options, gradients);
    });
  });
}

void attention(const AttentionInputs& in, const SequenceOffsets& offsets, const AttentionOptions& options,
               Tensor& output, Tensor& log_sum_exp) {
  visit_stored(output.dtype(), [&]<class Element>() {
    if constexpr (!std::is_same_v<Element, double>) {
      if (const auto* const loops = simd::loops<Element>()) {
        return attention_blocked(loops->attention, in, offsets, options, output, log_sum_exp);
      }
    }
    attention_as_defined(in, offsets, options, output, log_sum_exp);
  });
}

void attention_backward(const Tensor& doutput, const AttentionInputs& in, const Tensor& log_sum_exp,
                        const SequenceOffsets& offsets, const AttentionOptions& options,
                        const AttentionGradients& gradients) {
  visit_stored(doutput.dtype(), [&]<class Element>() {
    if constexpr (!std::is_same_v<Element, double>) {
      if (const auto* const loops = simd::loops<Element>()) {
        return attention_backward_blocked(loops->attention, doutput, in, log_sum_exp, offsets, options, gradients);
      }
    }
    attention_backward_as_defined(doutput, in, log_sum_exp, offsets, options, gradients);
  });
}

}  // namespace mini_bert::kernels
