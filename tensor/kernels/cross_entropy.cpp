#include "tensor/kernels/cross_entropy.h"

#include <cmath>

#include "tensor/eigen.h"
#include "tensor/parallel.h"
#include "tensor/simd/kernels.h"

namespace mini_bert::kernels {

void cross_entropy(const Tensor& logits, const Tensor& labels, double divisor, Tensor& loss, Tensor& log_sum_exp) {
  const auto label = labels.values<std::int32_t>();
  visit_float(logits.dtype(), [&]<class T>() {
    T* const lse = log_sum_exp.data<T>();
    const auto* const simd = simd::loops<T>();
    parallel_for(logits.rows(), 1, [&](Index m) {
      if (simd != nullptr) {
        lse[m] = simd->cross_entropy.log_sum_exp(logits.data<T>() + m * logits.cols(), logits.cols());
        return;
      }
      const auto z = row<T>(logits, m);
      const T maximum = z.maxCoeff();
      lse[m] = maximum + std::log((z - maximum).exp().sum());
    });
    double sum = 0;  // thousands of rows are added: in double, in order
    for (Index m = 0; m < logits.rows(); ++m) {
      if (label[m] != ignore_index) sum += static_cast<double>(lse[m]) - row<T>(logits, m)[label[m]];
    }
    loss.data<T>()[0] = static_cast<T>(sum / divisor);
  });
}

void cross_entropy_backward(const Tensor& dloss, const Tensor& logits, const Tensor& labels, double divisor,
                            const Tensor& log_sum_exp, const Gradient& dlogits) {
  const auto label = labels.values<std::int32_t>();
  visit_float(logits.dtype(), [&]<class T>() {
    const T scale = dloss.data<T>()[0] / static_cast<T>(divisor);
    const auto* const simd = simd::loops<T>();
    parallel_for(logits.rows(), 1, [&](Index m) {
      auto dz = row<T>(dlogits.tensor(), m);
      if (label[m] == ignore_index) {
        if (!dlogits.accumulates()) dz.setZero();
        return;
      }
      const T lse = log_sum_exp.data<T>()[m];
      if (simd != nullptr) {
        const T* const z = logits.data<T>() + m * logits.cols();
        simd->cross_entropy.backward(z, lse, scale, logits.cols(), dlogits.accumulates(), dz.data());
      } else {
        put(dlogits, dz, scale * (row<T>(logits, m) - lse).exp());
      }
      dz[label[m]] -= scale;
    });
  });
}

}  // namespace mini_bert::kernels
