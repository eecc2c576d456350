#include "mini_bert/tensor/kernels/adamw.h"

#include <cmath>

#include "mini_bert/tensor/eigen.h"
#include "mini_bert/tensor/kernels/elementwise.h"
#include "mini_bert/tensor/simd/kernels.h"

namespace mini_bert::kernels {
namespace {

bool fast_adamw(const AdamWStep& step, const Tensor& gradient, double gradient_scale, Tensor& parameter, Tensor& m,
                Tensor& v) {
  const simd::Kernels* const simd = simd::kernels();
  if (simd == nullptr || parameter.dtype() != DType::f32) return false;
  const simd::AdamWFactors factors = {
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
  for_each_chunk(parameter.size(), [&](Index begin, Index end) {
    simd->parameters.adamw(factors, gradient.data<float>() + begin, end - begin, parameter.data<float>() + begin,
                           m.data<float>() + begin, v.data<float>() + begin);
  });
  return true;
}

}  // namespace

void adamw(const AdamWStep& step, const Tensor& gradient, double gradient_scale, Tensor& parameter, Tensor& m,
           Tensor& v) {
  if (fast_adamw(step, gradient, gradient_scale, parameter, m, v)) return;
  visit_float(parameter.dtype(), [&]<class T>() {
    const T beta_1 = static_cast<T>(step.beta_1), beta_2 = static_cast<T>(step.beta_2);
    const T one_minus_beta_1 = static_cast<T>(1 - step.beta_1), one_minus_beta_2 = static_cast<T>(1 - step.beta_2);
    const T decay = static_cast<T>(1 - step.learning_rate * step.weight_decay);
    const T rate = static_cast<T>(step.learning_rate / step.correction_1);
    const T root_correction = static_cast<T>(std::sqrt(step.correction_2)), eps = static_cast<T>(step.eps);
    for_each_chunk(parameter.size(), [&](Index begin, Index end) {
      const RowArray<T> g = elements<T>(gradient, begin, end) * static_cast<T>(gradient_scale);
      auto theta = elements<T>(parameter, begin, end);
      auto m_part = elements<T>(m, begin, end), v_part = elements<T>(v, begin, end);
      m_part = beta_1 * m_part + one_minus_beta_1 * g;
      v_part = beta_2 * v_part + one_minus_beta_2 * g.square();
      theta = theta * decay - rate * m_part / (v_part.sqrt() / root_correction + eps);
    });
  });
}

}  // namespace mini_bert::kernels
