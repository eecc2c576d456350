#include "mini_bert/tensor/kernels/adamw.h"

#include <cmath>

#include "mini_bert/tensor/eigen.h"
#include "mini_bert/tensor/kernels/elementwise.h"
#include "mini_bert/tensor/simd/kernels.h"

namespace mini_bert::kernels {
namespace {

simd::AdamWFactors factors_of(const AdamWStep& step, double gradient_scale) {
  return {
      .gradient_scale = static_cast<float>(gradient_scale),
      .beta_1 = static_cast<float>(step.beta_1),
      .one_minus_beta_1 = static_cast<float>(1 - step.beta_1),
      .beta_2 = static_cast<float>(step.beta_2),
      .one_minus_beta_2 = static_cast<float>(1 - step.beta_2),
      .decay = static_cast<float>(1 - step.learning_rate * step.weight_decay),
      .rate = static_cast<float>(step.learning_rate / step.correction_1),
      .root_correction = static_cast<float>(std::sqrt(step.correction_2)),
      .eps = static_cast<float>(step.eps),
  };
}

}  // namespace

void adamw(const AdamWStep& step, const Tensor& gradient, double gradient_scale, Tensor& parameter, Tensor& m,
           Tensor& v) {
  visit_float(parameter.dtype(), [&]<class Element>() {
    if (const auto* const loops = simd::loops<Element>()) {
      const simd::AdamWFactors factors = factors_of(step, gradient_scale);
      return for_each_chunk(parameter.size(), [&](Index begin, Index end) {
        loops->adamw.update(factors, gradient.data<Element>() + begin, end - begin, parameter.data<Element>() + begin,
                            m.data<Element>() + begin, v.data<Element>() + begin);
      });
    }
    const Element beta_1 = static_cast<Element>(step.beta_1), beta_2 = static_cast<Element>(step.beta_2);
    const Element one_minus_beta_1 = static_cast<Element>(1 - step.beta_1),
                  one_minus_beta_2 = static_cast<Element>(1 - step.beta_2);
    const Element decay = static_cast<Element>(1 - step.learning_rate * step.weight_decay);
    const Element rate = static_cast<Element>(step.learning_rate / step.correction_1);
    const Element root_correction = static_cast<Element>(std::sqrt(step.correction_2)),
                  eps = static_cast<Element>(step.eps);
    for_each_chunk(parameter.size(), [&](Index begin, Index end) {
      const RowArray<Element> g = elements<Element>(gradient, begin, end) * static_cast<Element>(gradient_scale);
      auto theta = elements<Element>(parameter, begin, end);
      auto m_part = elements<Element>(m, begin, end), v_part = elements<Element>(v, begin, end);
      m_part = beta_1 * m_part + one_minus_beta_1 * g;
      v_part = beta_2 * v_part + one_minus_beta_2 * g.square();
      theta = theta * decay - rate * m_part / (v_part.sqrt() / root_correction + eps);
    });
  });
}

}  // namespace mini_bert::kernels
