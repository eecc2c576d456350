#include "mini_bert/tensor/kernels/cross_entropy.h"

#include <cmath>

#include "mini_bert/tensor/kernels/activations.h"
#include "mini_bert/tensor/parallel.h"
#include "mini_bert/tensor/simd/kernels.h"

namespace mini_bert::kernels {

void cross_entropy(const Tensor& logits, const Tensor& labels, const Tensor& weights, double divisor, Tensor& loss,
                   Tensor& log_sum_exp) {
  const auto label = labels.values<std::int32_t>();
  visit_activation(logits.dtype(), [&]<class T>() {
    using A = Arithmetic<T>;
    A* const lse = log_sum_exp.data<A>();
    const auto* const simd = simd::loops<T>();
    parallel_for(logits.rows(), 1, [&](Index m) {
      if (simd != nullptr) {
        lse[m] = simd->cross_entropy.log_sum_exp(logits.data<T>() + m * logits.cols(), logits.cols());
        return;
      }
      const auto z = read_row<T>(logits, m);
      const A maximum = z.maxCoeff();
      lse[m] = maximum + std::log((z - maximum).exp().sum());
    });
    double sum = 0;  // thousands of rows are added: in double, in order
    for (Index m = 0; m < logits.rows(); ++m) {
      if (label[m] == ignore_index) continue;
      const double surprise =
          static_cast<double>(lse[m]) - static_cast<A>(logits.data<T>()[m * logits.cols() + label[m]]);
      sum += weights.defined() ? weights.data<A>()[label[m]] * surprise : surprise;
    }
    loss.data<A>()[0] = static_cast<A>(sum / divisor);
  });
}

void cross_entropy_backward(const Tensor& dloss, const Tensor& logits, const Tensor& labels, const Tensor& weights,
                            double divisor, const Tensor& log_sum_exp, const Gradient& dlogits) {
  const auto label = labels.values<std::int32_t>();
  visit_activation(logits.dtype(), [&]<class T>() {
    using A = Arithmetic<T>;
    const Index cols = logits.cols();
    const A whole_scale = dloss.data<A>()[0] / static_cast<A>(divisor);
    const auto* const simd = simd::loops<T>();
    parallel_for(logits.rows(), 1, [&](Index m) {
      const T* const z = logits.data<T>() + m * cols;
      T* const dz = dlogits.tensor().data<T>() + m * cols;
      if (label[m] == ignore_index) {
        if (!dlogits.accumulates()) std::fill_n(dz, cols, T(0));
        return;
      }
      const A lse = log_sum_exp.data<A>()[m];
      const A scale = weights.defined() ? whole_scale * weights.data<A>()[label[m]] : whole_scale;
      const A before = dlogits.accumulates() ? static_cast<A>(dz[label[m]]) : A(0);
      const A z_label = static_cast<A>(z[label[m]]);
      if (simd != nullptr) {
        simd->cross_entropy.backward(z, lse, scale, cols, dlogits.accumulates(), dz);
      } else {
        put_row<T>(dlogits, m, scale * (read_row<T>(logits, m) - lse).exp());
      }
      // softmax − 1 in one: of a label that is all but certain, rounding the softmax first would leave nothing.
      dz[label[m]] = static_cast<T>(before + scale * std::expm1(z_label - lse));
    });
  });
}

}  // namespace mini_bert::kernels
