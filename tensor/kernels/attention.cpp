#include "tensor/kernels/attention.h"

#include <cmath>
#include <type_traits>

#include "tensor/eigen.h"
#include "tensor/kernels/attention_blocked.h"
#include "tensor/kernels/dropout.h"
#include "tensor/parallel.h"
#include "tensor/simd/kernels.h"

namespace mini_bert::kernels {
namespace {

// One head of one sentence: where its rows and columns lie. Heads of sentences are independent, so each is one task.
struct Head {
  Head(Index task, const Tensor& qkv, const SequenceOffsets& offsets, Index heads)
      : index(task % heads),
        count(heads),
        begin(offsets.begin(task / heads)),
        length(offsets.length(task / heads)),
        hidden(qkv.cols() / 3),
        size(hidden / heads) {}

  // Columns of queries (part 0), keys (1) or values (2) in a [T,3H] tensor; the head's columns in a [T,H] one.
  template <class T, class AnyTensor>
  auto part(AnyTensor& qkv, Index which) const {
    return block<T>(qkv, begin, which * hidden + index * size, length, size);
  }
  template <class T, class AnyTensor>
  auto columns(AnyTensor& x) const {
    return block<T>(x, begin, index * size, length, size);
  }

  Index index, count, begin, length, hidden, size;
};

// The factors 0 or 1/(1−p) on P [S,S]. Element (i, j) of head n draws number ((t·N + n)·2¹⁶ + j), t being the packed
// row of query i; sentences stay below 2¹⁶ tokens.
template <class T>
Matrix<T> probability_mask(const Head& head, const AttentionOptions& options) {
  Matrix<T> mask(head.length, head.length);
  for (Index i = 0; i < head.length; ++i) {
    const auto first = static_cast<std::uint64_t>((head.begin + i) * head.count + head.index) << 16;
    dropout_mask(options.dropout, options.key, first, head.length, mask.row(i).data());
  }
  return mask;
}

template <class T>
void forward(const Head& head, const Tensor& qkv, const AttentionOptions& options, Tensor& output,
             Tensor& log_sum_exp) {
  const auto q = head.part<T>(qkv, 0), k = head.part<T>(qkv, 1), v = head.part<T>(qkv, 2);  // [S,D]
  const T scale = T(1) / std::sqrt(static_cast<T>(head.size));
  Matrix<T> p = (q * k.transpose()) * scale;  // [S,S] scores, then probabilities in place
  for (Index i = 0; i < head.length; ++i) {
    auto p_i = p.row(i).array();
    const T maximum = p_i.maxCoeff();
    p_i = (p_i - maximum).exp();
    const T sum = p_i.sum();
    p_i /= sum;
    log_sum_exp.data<T>()[(head.begin + i) * head.count + head.index] = maximum + std::log(sum);
  }
  if (options.dropout > 0) p.array() *= probability_mask<T>(head, options).array();
  head.columns<T>(output).noalias() = p * v;  // [S,D]
}

template <class T>
void backward(const Head& head, const Tensor& doutput, const Tensor& qkv, const Tensor& log_sum_exp,
              const AttentionOptions& options, const Gradient& dqkv) {
  const auto q = head.part<T>(qkv, 0), k = head.part<T>(qkv, 1), v = head.part<T>(qkv, 2);  // [S,D]
  const auto d_o = head.columns<T>(doutput);                                                // [S,D]
  const T scale = T(1) / std::sqrt(static_cast<T>(head.size));

  // P = softmax(Q·Kᵀ/√D), from the saved row normaliser: exp(s − log Σ exp s).
  Matrix<T> p = (q * k.transpose()) * scale;  // [S,S]
  for (Index i = 0; i < head.length; ++i) {
    const T normaliser = log_sum_exp.data<T>()[(head.begin + i) * head.count + head.index];
    p.row(i).array() = (p.row(i).array() - normaliser).exp();
  }
  // O = P̃·V
  Matrix<T> dp = d_o * v.transpose();  // [S,S]
  if (options.dropout > 0) {
    const Matrix<T> mask = probability_mask<T>(head, options);
    put(dqkv, head.part<T>(dqkv.tensor(), 2).noalias(), (p.array() * mask.array()).matrix().transpose() * d_o);
    dp.array() *= mask.array();
  } else {
    put(dqkv, head.part<T>(dqkv.tensor(), 2).noalias(), p.transpose() * d_o);
  }
  // P = softmax(S): its Jacobian is diag(p) − p·pᵀ in every row. Written over dP.
  for (Index i = 0; i < head.length; ++i) {
    const auto p_i = p.row(i).array();
    auto ds_i = dp.row(i).array();
    const T mean = (ds_i * p_i).sum();
    ds_i = p_i * (ds_i - mean) * scale;
  }
  // S = Q·Kᵀ/√D
  put(dqkv, head.part<T>(dqkv.tensor(), 0).noalias(), dp * k);
  put(dqkv, head.part<T>(dqkv.tensor(), 1).noalias(), dp.transpose() * q);
}

}  // namespace

void attention_as_defined(const Tensor& qkv, const SequenceOffsets& offsets, const AttentionOptions& options,
                          Tensor& output, Tensor& log_sum_exp) {
  if (qkv.dtype() == DType::bf16) {
    Tensor output_f32(output.shape());
    attention_as_defined(qkv.to(DType::f32), offsets, options, output_f32, log_sum_exp);
    return output.copy_from(output_f32.to(DType::bf16));
  }
  visit_float(qkv.dtype(), [&]<class T>() {
    parallel_for(offsets.count() * options.heads, 1, [&](Index task) {
      forward<T>(Head(task, qkv, offsets, options.heads), qkv, options, output, log_sum_exp);
    });
  });
}

void attention_backward_as_defined(const Tensor& doutput, const Tensor& qkv, const Tensor& log_sum_exp,
                                   const SequenceOffsets& offsets, const AttentionOptions& options,
                                   const Gradient& dqkv) {
  if (qkv.dtype() == DType::bf16) {
    Tensor dqkv_f32 = dqkv.accumulates() ? dqkv.tensor().to(DType::f32) : Tensor(qkv.shape());
    attention_backward_as_defined(doutput.to(DType::f32), qkv.to(DType::f32), log_sum_exp, offsets, options,
                                  {dqkv_f32, dqkv.output()});
    return dqkv.tensor().copy_from(dqkv_f32.to(DType::bf16));
  }
  visit_float(qkv.dtype(), [&]<class T>() {
    parallel_for(offsets.count() * options.heads, 1, [&](Index task) {
      backward<T>(Head(task, qkv, offsets, options.heads), doutput, qkv, log_sum_exp, options, dqkv);
    });
  });
}

void attention(const Tensor& qkv, const SequenceOffsets& offsets, const AttentionOptions& options, Tensor& output,
               Tensor& log_sum_exp) {
  visit_activation(qkv.dtype(), [&]<class T>() {
    if constexpr (!std::is_same_v<T, double>) {
      if (const auto* const simd = simd::loops<T>()) {
        return attention_blocked(simd->attention, qkv, offsets, options, output, log_sum_exp);
      }
    }
    attention_as_defined(qkv, offsets, options, output, log_sum_exp);
  });
}

void attention_backward(const Tensor& doutput, const Tensor& qkv, const Tensor& log_sum_exp,
                        const SequenceOffsets& offsets, const AttentionOptions& options, const Gradient& dqkv) {
  visit_activation(qkv.dtype(), [&]<class T>() {
    if constexpr (!std::is_same_v<T, double>) {
      if (const auto* const simd = simd::loops<T>()) {
        return attention_backward_blocked(simd->attention, doutput, qkv, log_sum_exp, offsets, options, dqkv);
      }
    }
    attention_backward_as_defined(doutput, qkv, log_sum_exp, offsets, options, dqkv);
  });
}

}  // namespace mini_bert::kernels
