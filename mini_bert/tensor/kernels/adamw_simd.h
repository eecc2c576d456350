#pragma once

#include "mini_bert/tensor/simd/loops.h"
#include "mini_bert/tensor/simd/registers.h"

namespace mini_bert::simd {

template <class F>
void adamw(const AdamWFactors& k, const float* gradient, Index n, float* parameter, float* m, float* v) {
  for_each_register<F>(n, [&](Index i, auto lanes) {
    const F g = lanes.load(gradient + i) * F(k.gradient_scale);
    const F m_i = fma(F(k.beta_1), lanes.load(m + i), F(k.one_minus_beta_1) * g);
    const F v_i = fma(F(k.beta_2), lanes.load(v + i), F(k.one_minus_beta_2) * g * g);
    const F step = F(k.rate) * m_i / (sqrt(v_i) / F(k.root_correction) + F(k.eps));
    lanes.store(m_i, m + i);
    lanes.store(v_i, v + i);
    lanes.store(lanes.load(parameter + i) * F(k.decay) - step, parameter + i);
  });
}

template <class F, class Element>
constexpr AdamWLoops<Element> adamw_loops() {
  if constexpr (std::is_same_v<Element, float>) return {.update = adamw<F>};
  return {};
}

}  // namespace mini_bert::simd
