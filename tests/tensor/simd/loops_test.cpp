#include "mini_bert/tensor/simd/loops.h"

#include "mini_bert/tensor/kernels/activation.h"
#include "mini_bert/tensor/kernels/dropout.h"
#include "mini_bert/tensor/kernels/tanh.h"
#include "tests/tensor/simd/loops_testing.h"

namespace mini_bert::simd {
namespace {

TEST_CASE("activation and tanh loops", "[simd][activation][tanh]") {
  for_all_loops([]<class T>(const std::string& name, const Loops<T>& loops) {
    for (const Index n : lengths) {
      for (const Edge edge : {Edge::front, Edge::back}) {
        CAPTURE(name, n);
        GuardedArray<T> x = random_array<T>(n, 0, edge), y(x.size(), edge);
        const GuardedArray<T> dy = random_array<T>(n, 1, edge);
        if (n > 8) x.data()[1] = T(nan), x.data()[2] = T(-50.0f), x.data()[3] = T(1e18f), x.data()[5] = T(-1e18f);
        Tensor expected({n}, DType::f64);
        for (const Activation activation : all_activations()) {
          CAPTURE(name_of(activation));
          const auto& loop = loops.activation[activation];
          loop.forward(x.data(), n, y.data());
          kernels::activate(f64(x), activation, expected);
          CHECK(difference(y, expected) < tolerance<T>());
          check_gradient<T>(
              n, [&](bool accumulate, T* dx) { loop.backward(dy.data(), x.data(), n, accumulate, dx); },
              [&](const Gradient& dx) { kernels::activate_backward(f64(dy), f64(x), activation, dx); });
        }
        loops.tanh.forward(x.data(), n, y.data());
        kernels::tanh(f64(x), expected);
        CHECK(difference(y, expected) < tolerance<T>());
        check_gradient<T>(
            n, [&](bool accumulate, T* dx) { loops.tanh.backward(dy.data(), y.data(), n, accumulate, dx); },
            [&](const Gradient& dx) { kernels::tanh_backward(f64(dy), f64(y), dx); });
      }
    }
  });
}

TEST_CASE("add, scale and dropout loops", "[simd][add][scale][dropout]") {
  for_all_loops([]<class T>(const std::string& name, const Loops<T>& loops) {
    for (const Index n : lengths) {
      CAPTURE(name, n);
      const GuardedArray<T> x = random_array<T>(n, 0), y = random_array<T>(n, 1);
      GuardedArray<T> z(x.size());
      loops.add.forward(x.data(), y.data(), n, z.data());
      Tensor expected = f64(x);
      for (Index i = 0; i < n; ++i) expected.template values<double>()[i] += f64(y).template values<double>()[i];
      CHECK(difference(z, expected) < tolerance<T>());
      const auto add_scaled = [&](double a, const Gradient& dx, const auto& factor) {
        const Tensor given = f64(x);
        for (Index i = 0; i < n; ++i) {
          double& value = dx.tensor().values<double>()[i];
          value = (dx.accumulates() ? value : 0) + a * factor(i) * given.template values<double>()[i];
        }
      };
      const auto one = [](Index) { return 1.0; };
      check_gradient<T>(
          n, [&](bool accumulate, T* dx) { loops.add.backward(x.data(), n, accumulate, dx); },
          [&](const Gradient& dx) { add_scaled(1, dx, one); });
      check_gradient<T>(
          n, [&](bool accumulate, T* dx) { loops.scale.forward(x.data(), -0.7f, n, accumulate, dx); },
          [&](const Gradient& dx) { add_scaled(-0.7f, dx, one); });
      for (const std::uint64_t first : {0, 4096, 17}) {
        std::vector<double> factors(x.size());
        kernels::dropout_mask(0.3, key, first, n, factors.data());
        check_gradient<T>(
            n, [&](bool accumulate, T* dx) { loops.dropout.forward(x.data(), 0.3, key, first, n, accumulate, dx); },
            [&](const Gradient& dx) { add_scaled(1, dx, [&](Index i) { return factors[i]; }); });
      }
    }
  });
}

}  // namespace
}  // namespace mini_bert::simd
