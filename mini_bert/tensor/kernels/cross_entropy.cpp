#include "mini_bert/tensor/kernels/cross_entropy.h"

#include <cmath>

#include "mini_bert/tensor/kernels/elements.h"
#include "mini_bert/tensor/parallel.h"
#include "mini_bert/tensor/simd/kernels.h"

namespace mini_bert::kernels {
namespace {

template <class Element>
void log_sum_exp_of_rows(const Tensor& logits, Arithmetic<Element>* lse) {
  const Index cols = logits.cols();
  if (const auto* const loops = simd::loops<Element>()) {
    return parallel_for(logits.rows(), 1, [&](Index m) {
      lse[m] = loops->cross_entropy.log_sum_exp(logits.data<Element>() + m * cols, cols);
    });
  }
  parallel_for(logits.rows(), 1, [&](Index m) {
    const auto z = read_row<Element>(logits, m);
    const Arithmetic<Element> maximum = z.maxCoeff();
    lse[m] = maximum + std::log((z - maximum).exp().sum());
  });
}

// Calls body(row, scale of its gradient) for every row whose label is not ignore_index. Sets the gradients of the other
// rows to 0, unless they accumulate.
template <class Element, class Body>
void for_each_labelled_row(const Tensor& dloss, const Tensor& labels, const Tensor& weights, double divisor,
                           const Gradient& dlogits, const Body& body) {
  using Scalar = Arithmetic<Element>;
  const auto label = labels.values<std::int32_t>();
  const Index cols = dlogits.tensor().cols();
  const Scalar whole_scale = dloss.data<Scalar>()[0] / static_cast<Scalar>(divisor);
  parallel_for(dlogits.tensor().rows(), 1, [&](Index m) {
    if (label[m] != ignore_index) {
      return body(m, weights.defined() ? whole_scale * weights.data<Scalar>()[label[m]] : whole_scale);
    }
    if (!dlogits.accumulates()) std::fill_n(dlogits.tensor().data<Element>() + m * cols, cols, Element(0));
  });
}

}  // namespace

void cross_entropy(const Tensor& logits, const Tensor& labels, const Tensor& weights, double divisor, Tensor& loss,
                   Tensor& log_sum_exp) {
  const auto label = labels.values<std::int32_t>();
  visit_stored(logits.dtype(), [&]<class Element>() {
    using Scalar = Arithmetic<Element>;
    Scalar* const lse = log_sum_exp.data<Scalar>();
    log_sum_exp_of_rows<Element>(logits, lse);
    double sum = 0;  // double, and in order: thousands of rows are added
    for (Index m = 0; m < logits.rows(); ++m) {
      if (label[m] == ignore_index) continue;
      const double surprise =
          static_cast<double>(lse[m]) - static_cast<Scalar>(logits.data<Element>()[m * logits.cols() + label[m]]);
      sum += weights.defined() ? weights.data<Scalar>()[label[m]] * surprise : surprise;
    }
    loss.data<Scalar>()[0] = static_cast<Scalar>(sum / divisor);
  });
}

void cross_entropy_backward(const Tensor& dloss, const Tensor& logits, const Tensor& labels, const Tensor& weights,
                            double divisor, const Tensor& log_sum_exp, const Gradient& dlogits) {
  const auto label = labels.values<std::int32_t>();
  visit_stored(logits.dtype(), [&]<class Element>() {
    using Scalar = Arithmetic<Element>;
    const Index cols = logits.cols();
    const Scalar* const lse = log_sum_exp.data<Scalar>();
    // put_scaled_softmax(row, scale) writes scale·softmax; the label's element becomes scale·(softmax − 1). softmax − 1
    // is computed by expm1: if the label is nearly certain, softmax rounds to 1 and the difference would be 0.
    const auto for_each_row = [&](const auto& put_scaled_softmax) {
      for_each_labelled_row<Element>(dloss, labels, weights, divisor, dlogits, [&](Index m, Scalar scale) {
        Element& at_label = dlogits.tensor().data<Element>()[m * cols + label[m]];
        const Scalar before = dlogits.accumulates() ? static_cast<Scalar>(at_label) : Scalar(0);
        const Scalar z_label = static_cast<Scalar>(logits.data<Element>()[m * cols + label[m]]);
        put_scaled_softmax(m, scale);
        at_label = static_cast<Element>(before + scale * std::expm1(z_label - lse[m]));
      });
    };
    if (const auto* const loops = simd::loops<Element>()) {
      return for_each_row([&](Index m, Scalar scale) {
        loops->cross_entropy.backward(logits.data<Element>() + m * cols, lse[m], scale, cols, dlogits.accumulates(),
                                      dlogits.tensor().data<Element>() + m * cols);
      });
    }
    for_each_row([&](Index m, Scalar scale) {
      put_row<Element>(dlogits, m, scale * (read_row<Element>(logits, m) - lse[m]).exp());
    });
  });
}

}  // namespace mini_bert::kernels
