#include "mini_bert/tensor/kernels/squared_error.h"

#include "mini_bert/tensor/eigen.h"
#include "mini_bert/tensor/kernels/elementwise.h"

namespace mini_bert::kernels {

void squared_error(const Tensor& x, const Tensor& targets, double divisor, Tensor& loss) {
  visit_float(x.dtype(), [&]<class T>() {
    const auto value = x.values<T>(), t = targets.values<T>();
    double sum = 0;  // in double, in order
    for (std::size_t i = 0; i < value.size(); ++i) {
      const double error = static_cast<double>(value[i]) - static_cast<double>(t[i]);
      sum += error * error;
    }
    loss.data<T>()[0] = static_cast<T>(sum / divisor);
  });
}

void squared_error_backward(const Tensor& dloss, const Tensor& x, const Tensor& targets, double divisor,
                            const Gradient& dx) {
  visit_float(x.dtype(), [&]<class T>() {
    const T scale = T(2) * dloss.data<T>()[0] / static_cast<T>(divisor);
    for_each_chunk(x.size(), [&](Index begin, Index end) {
      put(dx, elements<T>(dx.tensor(), begin, end),
          scale * (elements<T>(x, begin, end) - elements<T>(targets, begin, end)));
    });
  });
}

}  // namespace mini_bert::kernels
