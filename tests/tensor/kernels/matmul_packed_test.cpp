#include "mini_bert/tensor/kernels/matmul_packed.h"

#include <array>
#include <cmath>
#include <cstring>
#include <vector>

#include "mini_bert/tensor/parallel.h"
#include "mini_bert/tensor/random.h"
#include "tests/catch.h"
#include "tests/tensor/simd/emulated.h"

namespace mini_bert::kernels {
namespace packed_testing {

struct Case {
  DType x, w, y;
};
constexpr std::array cases = {Case{DType::f32, DType::f32, DType::f32},   Case{DType::f32, DType::f16, DType::f32},
                              Case{DType::f32, DType::bf16, DType::f32},  Case{DType::bf16, DType::f32, DType::bf16},
                              Case{DType::bf16, DType::f16, DType::bf16}, Case{DType::bf16, DType::bf16, DType::f32}};

struct Extents {
  Index m, n, k;
};

Tensor normal(const Shape& shape, DType dtype, std::uint64_t seed) {
  Tensor x(shape);
  fill_normal(x, 0, 1, {.seed = seed});
  return x.to(dtype);
}

Tensor product(const simd::Kernels& simd, const Tensor& x, const Tensor& w, const Tensor& bias, DType dtype,
               const WeightPanels* panels) {
  Tensor y({x.rows(), w.rows()}, dtype);
  y.fill(NAN);
  matmul_blocked(simd, {.m = x.rows(),
                        .n = w.rows(),
                        .k = x.cols(),
                        .a = {x.raw(), x.dtype(), x.cols(), false},
                        .b = {w.raw(), w.dtype(), w.cols(), true},
                        .c = y.raw(),
                        .c_dtype = dtype,
                        .ldc = w.rows(),
                        .rounded = x.dtype() == DType::bf16,
                        .bias = bias.data<float>(),
                        .may_be_packed = true,
                        .panels = panels});
  return y;
}

bool has_bits_of(const Tensor& a, const Tensor& b) {
  return std::memcmp(a.raw(), b.raw(), b.bytes()) == 0;
}

TEST_CASE("a product with panels has the bits of the product without, with any number of threads",
          "[matmul][packed][simd]") {
  const int threads_before = num_threads();
  for (const Isa isa : {Isa::neon, Isa::simd128, Isa::avx2, Isa::avx512, Isa::avx512_bf16}) {
    const simd::Kernels* const simd = simd::kernels_for(isa);
    if (simd == nullptr) continue;
    for (const auto& [m, n, k] :
         {Extents{1, 1, 1}, Extents{1, 97, 33}, Extents{7, 48, 256}, Extents{8, 49, 257}, Extents{16, 50, 1031},
          Extents{33, 17, 515}, Extents{241, 100, 300}, Extents{3, 3109, 9}}) {
      if (testing::emulated() && m * n * k > 1'000'000) continue;
      for (const auto& [x_type, w_type, y_type] : cases) {
        const Tensor x = normal({m, k}, x_type, 1), w = normal({n, k}, w_type, 2), bias = normal({n}, DType::f32, 3);
        const WeightPanels panels = panels_of(*simd, w, x_type == DType::bf16);
        set_num_threads(2);
        const Tensor expected = product(*simd, x, w, bias, y_type, nullptr);
        for (const int threads : {1, 2, 3, 8}) {
          set_num_threads(threads);
          CAPTURE(name_of(isa), m, n, k, name_of(x_type), name_of(w_type), name_of(y_type), threads);
          CHECK(has_bits_of(product(*simd, x, w, bias, y_type, &panels), expected));
        }
      }
    }
  }
  set_num_threads(threads_before);
}

TEST_CASE("a product of a weight that may be packed is right", "[matmul][packed][simd]") {
  for (const Isa isa : {Isa::neon, Isa::simd128, Isa::avx2, Isa::avx512, Isa::avx512_bf16}) {
    const simd::Kernels* const simd = simd::kernels_for(isa);
    if (simd == nullptr) continue;
    const Tensor x = normal({17, 700}, DType::f32, 1), bias = normal({53}, DType::f32, 3);
    for (const DType stored : {DType::f32, DType::f16, DType::bf16}) {
      const Tensor w = normal({53, 700}, stored, 2), floats = w.to(DType::f32);
      const WeightPanels panels = panels_of(*simd, w, false);
      const Tensor y = product(*simd, x, w, bias, DType::f32, &panels);
      double worst = 0;
      for (Index i = 0; i < y.size(); ++i) {
        double sum = bias.data<float>()[i % 53];
        for (Index t = 0; t < 700; ++t) {
          sum += static_cast<double>(x.data<float>()[i / 53 * 700 + t]) * floats.data<float>()[i % 53 * 700 + t];
        }
        worst = std::max(worst, std::abs(sum - y.data<float>()[i]));
      }
      CAPTURE(name_of(isa), name_of(stored));
      CHECK(worst < 1e-3);
    }
  }
}

TEST_CASE("halves stay halves in panels, and bf16 products have words", "[simd][matmul][packed]") {
  const simd::Kernels* const simd = simd::kernels();
  if (simd == nullptr) return;
  const Tensor w = normal({100, 64}, DType::f16, 1);
  CHECK(panels_of(*simd, w, false).values.dtype() == DType::f16);
  CHECK(panels_of(*simd, w, true).elements == WeightPanels::Elements::bf16_words);
  CHECK(panels_of(*simd, w.to(DType::f32), false).elements == WeightPanels::Elements::f32_words);
}

TEST_CASE("a packed weight is multiplied with panels, and after a change anew", "[matmul][packed]") {
  PackedWeight packed;
  packed.set_use(WeightUse::panels);
  const Tensor x = normal({5, 64}, DType::f32, 1), bias = normal({100}, DType::f32, 3);
  Tensor w = normal({100, 64}, DType::f32, 2);
  StoredWeight weight = w;
  weight.packed = &packed;
  std::vector<Tensor> results;
  for (int pass = 0; pass < 3; ++pass) {
    matmul_weight(x, weight, bias, results.emplace_back(Shape{5, 100}));
    CHECK(packed.holds_panels() == (simd::kernels() != nullptr));
    for (Index i = 0; i < 500; ++i) {
      CHECK(results.back().data<float>()[i] == Approx(results.front().data<float>()[i]).margin(1e-4));
    }
  }
  CHECK(has_bits_of(results[0], results[2]));
  w.fill(2);
  packed.drop();
  Tensor y({5, 100}), expected({5, 100});
  matmul_weight(x, weight, bias, y);
  matmul_weight(x, w, bias, expected);
  for (Index i = 0; i < y.size(); ++i) CHECK(y.data<float>()[i] == Approx(expected.data<float>()[i]).margin(1e-4));
}

TEST_CASE("a packed weight in int8 is int8 from the first product on", "[matmul][packed]") {
  PackedWeight packed;
  packed.set_use(WeightUse::int8);
  const Tensor x = normal({5, 64}, DType::f32, 1), w = normal({100, 64}, DType::f32, 2);
  const Tensor bias = Tensor::zeros({100});
  StoredWeight weight = w;
  weight.packed = &packed;
  Tensor first({5, 100}), second({5, 100}), exact({5, 100});
  matmul_weight(x, weight, bias, first);
  CHECK(packed.holds_panels());
  matmul_weight(x, weight, bias, second);
  CHECK(has_bits_of(first, second));
  matmul_weight(x, w, bias, exact);
  CHECK_FALSE(has_bits_of(first, exact));
  double worst = 0;
  for (Index i = 0; i < exact.size(); ++i) {
    worst = std::max(worst, std::abs(static_cast<double>(exact.data<float>()[i]) - first.data<float>()[i]));
  }
  CHECK(worst < 0.5);  // of sums of 64 products, whose deviation is 8
}

}  // namespace packed_testing
}  // namespace mini_bert::kernels
