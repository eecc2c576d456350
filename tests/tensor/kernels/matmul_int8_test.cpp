#include "mini_bert/tensor/kernels/matmul_int8.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "mini_bert/tensor/parallel.h"
#include "mini_bert/tensor/random.h"
#include "tests/catch.h"
#include "tests/tensor/guarded_array.h"
#include "tests/tensor/simd/emulated.h"

// The product of int8 against its definition, written here once more with numbers of 64 bits.
namespace mini_bert::kernels {
namespace int8_testing {

struct NamedTiles {
  std::string name;
  const simd::Kernels* simd;
  const simd::Int8Product* tiles;
  bool fuses;  // y = x·a + b is rounded once
};

// Those of every instruction set that this program can run, with and without VNNI, and the definition.
std::vector<NamedTiles> all_tiles() {
  std::vector<NamedTiles> all = {{"portable", nullptr, nullptr, true}};
  for (const Isa isa : {Isa::neon, Isa::simd128, Isa::avx2, Isa::avx512, Isa::avx512_bf16}) {
    const simd::Kernels* const simd = simd::kernels_for(isa);
    if (simd == nullptr) continue;
    all.push_back({std::string(name_of(isa)), simd, &simd->int8, isa != Isa::simd128});
    if (const auto* const tiles = simd::int8_instructions_for(isa)) {
      all.push_back({std::string(name_of(isa)) + " with VNNI", simd, tiles, true});
    }
  }
  return all;
}

struct Quantized {
  std::vector<int> values;
  float scale;
};

Quantized quantized(const float* x, Index n) {
  float most = 0;
  for (Index i = 0; i < n; ++i) most = std::max(most, std::abs(x[i]));
  Quantized result{std::vector<int>(static_cast<std::size_t>(n)), most < 1e-30f ? 0.0f : most / 127.0f};
  if (result.scale == 0) return result;
  const float factor = 127.0f / most;
  for (Index i = 0; i < n; ++i) result.values[i] = static_cast<int>(std::nearbyint(x[i] * factor));
  return result;
}

// Σ p·q for each element of the product, from x [m,k] and w [n,k], and what the product then is.
struct Expected {
  std::vector<std::int64_t> sums;
  std::vector<float> scales;
};
Expected expected(const float* x, const float* w, Index m, Index n, Index k) {
  Expected result;
  std::vector<Quantized> rows, columns;
  for (Index i = 0; i < m; ++i) rows.push_back(quantized(x + i * k, k));
  for (Index j = 0; j < n; ++j) columns.push_back(quantized(w + j * k, k));
  for (const Quantized& row : rows) {
    for (const Quantized& column : columns) {
      std::int64_t sum = 0;
      for (std::size_t t = 0; t < row.values.size(); ++t) sum += row.values[t] * column.values[t];
      result.sums.push_back(sum);
      result.scales.push_back(row.scale * column.scale);
    }
  }
  return result;
}

// A tensor over memory that ends or begins at a forbidden page.
struct Guarded {
  testing::GuardedArray<float> memory;
  Tensor tensor;

  Guarded(const Shape& shape, bool at_end)
      : memory(static_cast<std::size_t>(shape.size()), at_end ? testing::Edge::back : testing::Edge::front),
        tensor(Tensor::over({reinterpret_cast<std::byte*>(memory.data()), [](std::byte*) {}}, shape, DType::f32)) {}
};

// Numbers of very different magnitudes in every row, some rows of 0, some of the extremes alone.
void fill(Tensor& x, std::uint32_t stream) {
  RandomSequence random({.seed = 5, .stream = stream});
  for (Index row = 0; row < x.rows(); ++row) {
    const auto kind = random.below(8);
    const float size = std::pow(2.0f, static_cast<float>(random.below(40)) - 20.0f);
    for (float& value : x.rows(row, row + 1).values<float>()) {
      const float sign = random.below(2) == 0 ? -1.0f : 1.0f;
      value = kind == 0 ? 0.0f : size * (kind == 1 ? sign : static_cast<float>(random.below(4001)) * 5e-4f - 1.0f);
    }
  }
}

Tensor product(const NamedTiles& set, const Tensor& x, const StoredWeight& w, const Tensor& bias) {
  Tensor y({x.rows(), w.shape().rows()});
  y.fill(NAN);
  matmul_int8(set.tiles, x, quantized_weight(set.simd, set.tiles, w), bias, y);
  return y;
}

struct Extents {
  Index m, n, k;
};

void check(const NamedTiles& set, const Extents& e, unsigned number) {
  Guarded x({e.m, e.k}, number % 2 == 0), w({e.n, e.k}, number % 2 == 0), bias({e.n}, number % 2 == 0);
  Guarded y({e.m, e.n}, number % 2 == 0);
  fill(x.tensor, number);
  fill(w.tensor, number + 1000);
  fill_normal(bias.tensor, 0, 1, {.seed = number});
  y.tensor.fill(NAN);
  const WeightPanels panels = quantized_weight(set.simd, set.tiles, w.tensor);
  matmul_int8(set.tiles, x.tensor, panels, bias.tensor, y.tensor);
  const Expected right = expected(x.memory.data(), w.memory.data(), e.m, e.n, e.k);
  CAPTURE(set.name, e.m, e.n, e.k, number);
  Index wrong = 0;
  for (Index i = 0; i < e.m * e.n; ++i) {
    const auto sum = static_cast<float>(right.sums[i]);
    const float b = bias.memory.data()[i % e.n], found = y.memory.data()[i];
    const float once = std::fma(sum, right.scales[i], b), product = sum * right.scales[i];
    const float twice = product + b;
    wrong += found == once || (!set.fuses && found == twice) ? 0 : 1;
  }
  CHECK(wrong == 0);
}

TEST_CASE("a product of int8 has the bits of its definition, up to guard pages", "[matmul][int8][simd]") {
  constexpr std::array sizes = {1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 47, 48, 49, 65, 97};
  for (const NamedTiles& set : all_tiles()) {
    unsigned number = 0;
    for (const Index m : {1, 2, 3, 4, 5, 6, 7, 8, 9, 17}) {
      for (const Index n : sizes) {
        for (const Index k : sizes) {
          if (++number % (testing::emulated() ? 7 : 1) == 0) check(set, {m, n, k}, number);
        }
      }
    }
  }
}

TEST_CASE("rows are rounded to the nearest, ties to even", "[matmul][int8][simd]") {
  std::vector<float> x = {127};  // so that the scale is 1
  for (int i = -127; i < 127; ++i) {
    for (const float fraction : {0.0f, 0.25f, 0.5f, 0.75f}) x.push_back(static_cast<float>(i) + fraction);
  }
  for (const NamedTiles& set : all_tiles()) {
    if (set.tiles == nullptr) continue;
    std::vector<std::uint8_t> q(x.size());
    CHECK(set.tiles->quantize(x.data(), std::ssize(x), q.data()) == 1.0f);
    Index wrong = 0;
    for (std::size_t i = 0; i < x.size(); ++i) wrong += q[i] == static_cast<int>(std::nearbyint(x[i])) + 128 ? 0 : 1;
    CAPTURE(set.name);
    CHECK(wrong == 0);
  }
}

TEST_CASE("a product of int8 with an activation has the bits of both, one after the other", "[matmul][int8][simd]") {
  const int before = num_threads();
  const simd::Int8Product* const tiles = simd::int8_product();
  for (const Index rows : {5, 16, 49, 200}) {  // shared by all threads, and divided
    for (const Activation activation : {Activation::gelu, Activation::relu}) {
      Tensor x({rows, 67}), w({50, 67}), bias({50}), activated(x.shape()), once(Shape{rows, 50}), both(Shape{rows, 50});
      fill_normal(x, 0, 2, {.seed = 1});
      fill_normal(w, 0, 1, {.seed = 2});
      fill_normal(bias, 0, 1, {.seed = 3});
      const WeightPanels panels = quantized_weight(simd::kernels(), tiles, w);
      activate(x, activation, activated);
      matmul_int8(tiles, activated, panels, bias, both);
      for (const int threads : {1, 2, 3, 8}) {
        set_num_threads(threads);
        once.fill(NAN);
        matmul_int8_activated(tiles, x, activation, panels, bias, once);
        CAPTURE(rows, threads);
        CHECK(std::ranges::equal(once.values<float>(), both.values<float>()));
      }
    }
  }
  set_num_threads(before);
}

TEST_CASE("a product of int8 has the bits of its definition across all blocks", "[matmul][int8][simd]") {
  for (const NamedTiles& set : all_tiles()) {
    unsigned number = 0;
    for (const Extents& extents : {Extents{96, 50, 64}, Extents{97, 31, 130}, Extents{200, 100, 770},
                                   Extents{18, 101, 3072}, Extents{5, 1031, 768}, Extents{291, 13, 3071}}) {
      check(set, extents, ++number);
    }
  }
}

// Every term is 255·127, or 1·(−127), the least and the most that instructions multiply: no sum may saturate.
TEST_CASE("a product of int8 does not saturate", "[matmul][int8][simd]") {
  for (const NamedTiles& set : all_tiles()) {
    for (const Index k : {4, 31, 3072}) {
      for (const float x_sign : {-1.0f, 1.0f}) {
        for (const float w_sign : {-1.0f, 1.0f}) {
          const Tensor x = Tensor::full({9, k}, x_sign), w = Tensor::full({50, k}, w_sign), bias = Tensor::zeros({50});
          const Tensor y = product(set, x, w, bias);
          const float scale = 1.0f / 127.0f;
          const float right = static_cast<float>(127 * 127 * k) * (scale * scale) * x_sign * w_sign;
          CAPTURE(set.name, k, x_sign, w_sign);
          CHECK(std::ranges::all_of(y.values<float>(), [right](float value) { return value == right; }));
        }
      }
    }
  }
}

TEST_CASE("an infinite number or NaN in a row of int8 spoils its result, and no other", "[matmul][int8][simd]") {
  const float bad = GENERATE(INFINITY, -INFINITY, NAN);
  for (const NamedTiles& set : all_tiles()) {
    for (const Index at : {0, 15, 36}) {
      Tensor x({5, 37}), w({6, 37});
      const Tensor bias = Tensor::zeros({6});
      fill_normal(x, 0, 1, {.seed = 1});
      fill_normal(w, 0, 1, {.seed = 2});
      x.data<float>()[2 * 37 + at] = bad;
      w.data<float>()[3 * 37 + at] = bad;
      const Tensor y = product(set, x, w, bias);
      CAPTURE(set.name, at, bad);
      for (Index i = 0; i < 30; ++i) CHECK(std::isnan(y.data<float>()[i]) == (i / 6 == 2 || i % 6 == 3));
    }
  }
}

TEST_CASE("rows of 0, and of numbers that are nearly 0, count as 0 in int8", "[matmul][int8][simd]") {
  for (const NamedTiles& set : all_tiles()) {
    for (const float tiny : {0.0f, 9e-31f, std::numeric_limits<float>::denorm_min()}) {
      const Tensor x = Tensor::full({3, 20}, tiny), w = Tensor::full({7, 20}, 1), bias = Tensor::full({7}, 3);
      for (const Tensor& y : {product(set, x, w, bias), product(set, w, x, Tensor::full({3}, 3))}) {
        CAPTURE(set.name, tiny);
        CHECK(std::ranges::all_of(y.values<float>(), [](float value) { return value == 3; }));
      }
    }
  }
}

TEST_CASE("a weight stored in halves has the int8 of the same numbers as floats", "[matmul][int8][simd]") {
  const DType stored = GENERATE(DType::f16, DType::bf16);
  for (const NamedTiles& set : all_tiles()) {
    Tensor x({5, 37}), w({50, 37});
    const Tensor bias = Tensor::zeros({50});
    fill_normal(x, 0, 1, {.seed = 1});
    fill_normal(w, 0, 1, {.seed = 2});
    const Tensor halves = w.to(stored);
    const Tensor narrow = product(set, x, halves, bias), wide = product(set, x, halves.to(DType::f32), bias);
    CAPTURE(set.name);
    CHECK(std::memcmp(narrow.raw(), wide.raw(), wide.bytes()) == 0);
  }
}

TEST_CASE("a product of int8 has the same bits with any number of threads", "[matmul][int8][simd]") {
  const int threads_before = num_threads();
  for (const NamedTiles& set : all_tiles()) {
    for (const auto& [m, n, k] : {Extents{5, 67, 130}, Extents{131, 97, 300}, Extents{250, 530, 64}}) {
      Tensor x({m, k}), w({n, k}), bias({n});
      fill_normal(x, 0, 1, {.seed = 1});
      fill_normal(w, 0, 1, {.seed = 2});
      fill_normal(bias, 0, 1, {.seed = 3});
      std::vector<Tensor> results;
      for (const int threads : {1, 2, 3, 8}) {
        set_num_threads(threads);
        results.push_back(product(set, x, w, bias));
      }
      for (const Tensor& result : results) {
        CAPTURE(set.name, m, n, k);
        CHECK(std::memcmp(result.raw(), results.front().raw(), result.bytes()) == 0);
      }
    }
  }
  set_num_threads(threads_before);
}

TEST_CASE("int8 comes within the error that its rounding explains", "[matmul][int8][simd]") {
  constexpr Index m = 16, n = 48, k = 768;
  Tensor x({m, k}), w({n, k});
  const Tensor bias = Tensor::zeros({n});
  fill_normal(x, 0, 1, {.seed = 1});
  fill_normal(w, 0, 0.02, {.seed = 2});
  for (const NamedTiles& set : all_tiles()) {
    const Tensor y = product(set, x, w, bias);
    double squares = 0, errors = 0;
    for (Index i = 0; i < m * n; ++i) {
      double sum = 0;
      for (Index t = 0; t < k; ++t) {
        sum += static_cast<double>(x.data<float>()[i / n * k + t]) * w.data<float>()[i % n * k + t];
      }
      squares += sum * sum;
      errors += std::pow(y.data<float>()[i] - sum, 2);
    }
    CAPTURE(set.name);
    CHECK(std::sqrt(errors / squares) < 0.012);
    CHECK(std::sqrt(errors / squares) > 0.002);
  }
}

TEST_CASE("int8 refuses sums that would not fit", "[matmul][int8]") {
  const Tensor w = Tensor::zeros({1, int8_depth_most + 1});
  CHECK_THROWS_WITH(quantized_weight(nullptr, nullptr, w), "int8: a weight has 66001 inputs, at most 66000 fit");
}

}  // namespace int8_testing
}  // namespace mini_bert::kernels
