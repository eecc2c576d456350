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

// One head of one sentence: where its rows and columns lie. Heads of sentences are independent, so each is one task.
struct Head {
  Head(Index task, Index hidden, const SequenceOffsets& offsets, Index heads)
      : index(task % heads),
        count(heads),
        begin(offsets.begin(task / heads)),
        length(offsets.length(task / heads)),
        size(hidden / heads) {}

  // [S,D] of a [T,H] tensor.
  template <class Element, class AnyTensor>
  auto of(AnyTensor& x) const {
    return block<Element>(x, begin, index * size, length, size);
  }

  Index index, count, begin, length, size;
};

// The factors 0 or 1/(1−p) on P [S,S]. Element (i, j) of head n draws number ((t·N + n)·2¹⁶ + j), t being the packed
// row of query i; sentences stay below 2¹⁶ tokens.
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
  const auto q = head.of<Element>(in.q), k = head.of<Element>(in.k), v = head.of<Element>(in.v);  // [S,D]
  const Element scale = Element(1) / std::sqrt(static_cast<Element>(head.size));
  Matrix<Element> p = (q * k.transpose()) * scale;  // [S,S] scores, then probabilities in place
  for (Index i = 0; i < head.length; ++i) {
    auto p_i = p.row(i).array();
    const Element maximum = p_i.maxCoeff();
    p_i = (p_i - maximum).exp();
    const Element sum = p_i.sum();
    p_i /= sum;
    log_sum_exp.data<Element>()[(head.begin + i) * head.count + head.index] = maximum + std::log(sum);
  }
  if (options.dropout > 0) p.array() *= probability_mask<Element>(head, options).array();
  head.of<Element>(output).noalias() = p * v;  // [S,D]
}

template <class Element>
void backward(const Head& head, const Tensor& doutput, const AttentionInputs& in, const Tensor& log_sum_exp,
              const AttentionOptions& options, const AttentionGradients& gradients) {
  const auto q = head.of<Element>(in.q), k = head.of<Element>(in.k), v = head.of<Element>(in.v),
             d_o = head.of<Element>(doutput);  // [S,D]
  const Element scale = Element(1) / std::sqrt(static_cast<Element>(head.size));
  const auto put_head = [&](const Gradient& gradient, const auto& product) {
    if (gradient) put(gradient, head.of<Element>(gradient.tensor()).noalias(), product);
  };

  // P = softmax(Q·Kᵀ/√D), from the saved row normaliser: exp(s − log Σ exp s).
  Matrix<Element> p = (q * k.transpose()) * scale;  // [S,S]
  for (Index i = 0; i < head.length; ++i) {
    const Element normaliser = log_sum_exp.data<Element>()[(head.begin + i) * head.count + head.index];
    p.row(i).array() = (p.row(i).array() - normaliser).exp();
  }
  // O = P̃·V
  Matrix<Element> dp = d_o * v.transpose();  // [S,S]
  Matrix<Element> dropped = p;
  if (options.dropout > 0) {
    const Matrix<Element> mask = probability_mask<Element>(head, options);
    dropped.array() *= mask.array();
    dp.array() *= mask.array();
  }
  // P = softmax(S): its Jacobian is diag(p) − p·pᵀ in every row. Written over dP.
  for (Index i = 0; i < head.length; ++i) {
    const auto p_i = p.row(i).array();
    auto ds_i = dp.row(i).array();
    const Element mean = (ds_i * p_i).sum();
    ds_i = p_i * (ds_i - mean) * scale;
  }
  // S = Q·Kᵀ/√D
  put_head(gradients.dq, dp * k);
  put_head(gradients.dk, dp.transpose() * q);
  put_head(gradients.dv, dropped.transpose() * d_o);
}

AttentionInputs in_f32(const AttentionInputs& in) {
  return {in.q.to(DType::f32), in.k.to(DType::f32), in.v.to(DType::f32)};
}

// A contribution to a gradient in bf16 while it is computed in f32.
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
