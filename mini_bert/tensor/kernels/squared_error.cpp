#include "mini_bert/tensor/kernels/squared_error.h"

#include "mini_bert/tensor/eigen.h"
#include "mini_bert/tensor/kernels/elementwise.h"

namespace mini_bert::kernels {

void squared_error(const Tensor& x, const Tensor& targets, double divisor, Tensor& loss) {
  visit_float(x.dtype(), [&]<class Element>() {
    const auto value = x.values<Element>(), t = targets.values<Element>();
    double sum = 0;  // double, and in order: many terms are added
    for (std::size_t i = 0; i < value.size(); ++i) {
      const double error = static_cast<double>(value[i]) - static_cast<double>(t[i]);
      sum += error * error;
    }
    loss.data<Element>()[0] = static_cast<Element>(sum / divisor);
  });
}

void squared_error_backward(const Tensor& dloss, const Tensor& x, const Tensor& targets, double divisor,
                            const Gradient& dx) {
  visit_float(x.dtype(), [&]<class Element>() {
    const Element scale = Element(2) * dloss.data<Element>()[0] / static_cast<Element>(divisor);
    for_each_chunk(x.size(), [&](Index begin, Index end) {
      put(dx, elements<Element>(dx.tensor(), begin, end),
          scale * (elements<Element>(x, begin, end) - elements<Element>(targets, begin, end)));
    });
  });
}

}  // namespace mini_bert::kernels
