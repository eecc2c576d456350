#include "mini_bert/tensor/simd/loops.h"

#include "mini_bert/tensor/kernels/adamw.h"
#include "mini_bert/tensor/kernels/sum_of_squares.h"
#include "tests/tensor/simd/loops_testing.h"

namespace mini_bert::simd {
namespace {

TEST_CASE("adamw loops", "[simd][adamw]") {
  const kernels::AdamWStep step = {.learning_rate = 1e-2,
                                   .beta_1 = 0.9,
                                   .beta_2 = 0.999,
                                   .eps = 1e-8,
                                   .weight_decay = 0.01,
                                   .correction_1 = 0.19,
                                   .correction_2 = 0.002};
  const AdamWFactors factors = {.gradient_scale = 0.5f,
                                .beta_1 = 0.9f,
                                .one_minus_beta_1 = 0.1f,
                                .beta_2 = 0.999f,
                                .one_minus_beta_2 = 0.001f,
                                .decay = 1 - 1e-4f,
                                .rate = 1e-2f / 0.19f,
                                .root_correction = std::sqrt(0.002f),
                                .eps = 1e-8f};
  for (const auto& [name, loops] : all_loops<float>()) {
    for (const Index n : lengths) {
      CAPTURE(name, n);
      const GuardedArray<float> g = random_array<float>(n, 0);
      GuardedArray<float> theta = random_array<float>(n, 1), m = random_array<float>(n, 2),
                          v = random_array<float>(n, 3);
      for (float& value : v) value *= value;
      Tensor theta64 = f64(theta), m64 = f64(m), v64 = f64(v);
      kernels::adamw(step, f64(g), 0.5, theta64, m64, v64);
      loops.adamw.update(factors, g.data(), n, theta.data(), m.data(), v.data());
      CHECK(difference(m, m64) < 1e-6);
      CHECK(difference(v, v64) < 1e-6);
      CHECK(difference(theta, theta64) < 1e-5);
    }
  }
}

TEST_CASE("sum of squares loops", "[simd][sum_of_squares]") {
  for (const auto& [name, loops] : all_loops<float>()) {
    for (const Index n : lengths) {
      GuardedArray<float> x = random_array<float>(n, 0);
      CAPTURE(name, n);
      for (const float first : {x.data()[0], 1e30f}) {  // whose square is no float, and beside which the others vanish
        x.data()[0] = first;
        const double expected = kernels::sum_of_squares(f64(x));
        CHECK(std::abs(loops.sum_of_squares.sum(x.data(), n) - expected) <= 1e-14 * expected);
      }
    }
  }
}

TEST_CASE("convert loops", "[simd][convert]") {
  const auto to_float = all_loops<float>();
  const auto to_bf16 = all_loops<BFloat16>();
  for (std::size_t set = 0; set < to_float.size(); ++set) {
    for (const Index n : lengths) {
      const GuardedArray<float> x = random_array<float>(n, 0), before = random_array<float>(n, 1);
      GuardedArray<BFloat16> narrow(x.size());
      GuardedArray<float> wide(x.size());
      to_bf16[set].loops.convert.forward(x.data(), n, false, narrow.data());
      std::copy(before.begin(), before.end(), wide.begin());
      to_float[set].loops.convert.forward(narrow.data(), n, true, wide.data());
      bool same = true;
      for (std::size_t i = 0; i < x.size(); ++i) {
        const BFloat16 rounded(x.data()[i]);
        same = same && narrow.data()[i].bits == rounded.bits;
        same = same && wide.data()[i] == before.data()[i] + static_cast<float>(rounded);
      }
      CAPTURE(to_float[set].name, n);
      CHECK(same);
    }
  }
}

}  // namespace
}  // namespace mini_bert::simd
