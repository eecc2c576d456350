#include "mini_bert/tensor/kernels/matmul_blocked.h"

#include <array>
#include <cstring>
#include <string>
#include <vector>

#include "mini_bert/tensor/parallel.h"
#include "mini_bert/tensor/simd/kernels.h"
#include "tests/catch.h"
#include "tests/tensor/kernels/product_testing.h"
#include "tests/tensor/simd/emulated.h"

namespace mini_bert::kernels {
namespace {

struct Named {
  std::string name;
  const simd::Kernels* kernels;
};

// Those of every instruction set that this program can run.
std::vector<Named> all_kernels() {
  std::vector<Named> all;
  for (const Isa isa : {Isa::neon, Isa::simd128, Isa::avx2, Isa::avx512, Isa::avx512_bf16}) {
    if (const simd::Kernels* const kernels = simd::kernels_for(isa)) {
      all.push_back({std::string(name_of(isa)), kernels});
    }
  }
  return all;
}

constexpr std::array small = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 31, 32, 33, 63, 64, 65};

struct Extents {
  Index m, n, k;
};
// Across the blocks of rows, columns and depth, and the pieces that few rows go by.
constexpr std::array large = {Extents{491, 37, 263},  Extents{59, 97, 1031},   Extents{13, 3109, 7},
                              Extents{247, 3079, 11}, Extents{251, 101, 1291}, Extents{18, 37, 1555},
                              Extents{32, 41, 769},   Extents{3, 8, 2304}};

TEST_CASE("a product of every small shape, up to guard pages, between NaN", "[matmul][simd]") {
  for (const auto& [name, kernels] : all_kernels()) {
    ProductCheck check(80 * 80);
    unsigned number = 0;
    for (const Index m : small) {
      for (const Index n : small) {
        for (const Index k : small) {
          const Variant variant = Variant::number(number++ * 7);
          if (testing::emulated() && number % 3 != 0) continue;
          const double error = check.run(*kernels, m, n, k, variant);
          CAPTURE(name, m, n, k, number);
          if (!(error <= 1)) FAIL("the error is " << error << " of what is allowed");
        }
      }
    }
    CHECK(number == small.size() * small.size() * small.size());
  }
}

// More rows than a block has: panels of B that all threads share.
TEST_CASE("a product of more rows than one block, and few columns and terms", "[matmul][simd]") {
  constexpr std::array sizes = {1, 2, 7, 15, 16, 17, 31, 33, 47, 49, 65};
  for (const auto& [name, kernels] : all_kernels()) {
    ProductCheck check(260 * 80);
    unsigned number = 0;
    for (const Index m : {241, 246, 251}) {
      for (const Index n : sizes) {
        for (const Index k : sizes) {
          const Variant variant = Variant::number(number++ * 7);
          if (testing::emulated() && number % 3 != 0) continue;
          CAPTURE(name, m, n, k, number);
          CHECK(check.run(*kernels, m, n, k, variant) <= 1);
        }
      }
    }
  }
}

TEST_CASE("a product across all blocks", "[matmul][simd]") {
  for (const auto& [name, kernels] : all_kernels()) {
    ProductCheck check(600 * 1400);
    for (const auto& [m, n, k] : large) {
      for (unsigned number = 0; number < 12; number += testing::emulated() ? 5 : 1 + (m * n * k > 5'000'000)) {
        CAPTURE(name, m, n, k, number);
        CHECK(check.run(*kernels, m, n, k, Variant::number(number)) <= 1);
      }
    }
  }
}

TEST_CASE("factors and result may each be bfloat16", "[matmul][simd]") {
  for (const auto& [name, kernels] : all_kernels()) {
    ProductCheck check(300 * 1400);
    for (const auto& [m, n, k] : {Extents{1, 1, 1}, Extents{7, 17, 33}, Extents{16, 48, 64}, Extents{65, 31, 15},
                                  Extents{65, 31, 66}, Extents{40, 67, 1031}, Extents{251, 23, 259}}) {
      for (unsigned number = 0; number < 32; ++number) {
        for (unsigned types = 1; types < 8; ++types) {
          Variant variant = Variant::number(number);
          variant.a = (types & 1) != 0 ? DType::bf16 : DType::f32;
          variant.b = (types & 2) != 0 ? DType::bf16 : DType::f32;
          variant.c = (types & 4) != 0 ? DType::bf16 : DType::f32;
          variant.rounded = (types & 3) != 0;
          if (m * n * k > 100'000 && (number + types) % (testing::emulated() ? 32 : 8) != 0) continue;
          CAPTURE(name, m, n, k, number, types);
          CHECK(check.run(*kernels, m, n, k, variant) <= 1);
        }
      }
    }
  }
}

// Weights that are stored so: of few rows in place, of more in panels; beside bfloat16 they are rounded to it.
TEST_CASE("the second factor may be halves that are not rounded", "[matmul][simd]") {
  for (const auto& [name, kernels] : all_kernels()) {
    ProductCheck check(300 * 1600);
    for (const auto& [m, n, k] :
         {Extents{1, 1, 1}, Extents{1, 9, 31}, Extents{4, 3, 32}, Extents{7, 17, 33}, Extents{16, 48, 64},
          Extents{32, 10, 800}, Extents{33, 31, 15}, Extents{18, 67, 1555}, Extents{251, 23, 259}}) {
      for (unsigned number = 0; number < 32; ++number) {
        Variant variant = Variant::number(number);
        variant.a = number % 8 == 7 ? DType::bf16 : DType::f32;
        variant.b = number % 2 == 0 ? DType::f16 : DType::bf16;
        variant.rounded = variant.a == DType::bf16;
        if (m * n * k > 100'000 && testing::emulated() && number % 8 != 2) continue;
        CAPTURE(name, m, n, k, number);
        CHECK(check.run(*kernels, m, n, k, variant) <= 1);
      }
    }
  }
}

TEST_CASE("a product with halves has the bits of the same numbers as floats", "[matmul][simd]") {
  const DType stored = GENERATE(DType::f16, DType::bf16);
  for (const auto& [name, kernels] : all_kernels()) {
    for (const Index m : {1, 5, 32, 40}) {
      constexpr Index n = 37, k = 803;
      Tensor a({m, k}), b({n, k});
      fill_normal(a, 0, 1, {.seed = 1});
      fill_normal(b, 0, 1, {.seed = 2});
      const Tensor halves = b.to(stored);
      const auto product = [&, &kernels = *kernels](const Tensor& weights) {
        Tensor c({m, n});
        matmul_blocked(kernels, {.m = m,
                                 .n = n,
                                 .k = k,
                                 .a = {a.raw(), DType::f32, k, false},
                                 .b = {weights.raw(), weights.dtype(), k, true},
                                 .c = c.raw(),
                                 .c_dtype = DType::f32,
                                 .ldc = n});
        return c;
      };
      const Tensor narrow = product(halves), wide = product(halves.to(DType::f32));
      CAPTURE(name, m);
      CHECK(std::memcmp(narrow.raw(), wide.raw(), wide.bytes()) == 0);
    }
  }
}

TEST_CASE("without terms a product is 0, or its bias, or nothing is added", "[matmul][simd]") {
  for (const auto& [name, kernels] : all_kernels()) {
    for (const bool transposed : {false, true}) {
      float c[3] = {1, 2, 3};
      const float bias[3] = {4, 5, 6};
      Product product{.m = 1,
                      .n = 3,
                      .k = 0,
                      .a = {c, DType::f32, 0, transposed},
                      .b = {c, DType::f32, 3, transposed},
                      .c = c,
                      .c_dtype = DType::f32,
                      .ldc = 3,
                      .output = Output::accumulate};
      CAPTURE(name, transposed);
      matmul_blocked(*kernels, product);
      CHECK((c[0] == 1 && c[1] == 2 && c[2] == 3));
      product.output = Output::replace;
      product.bias = bias;
      matmul_blocked(*kernels, product);
      CHECK((c[0] == 4 && c[1] == 5 && c[2] == 6));
      product.bias = nullptr;
      matmul_blocked(*kernels, product);
      CHECK((c[0] == 0 && c[1] == 0 && c[2] == 0));
    }
  }
}

TEST_CASE("a product has the same bits with any number of threads", "[matmul][simd]") {
  const int threads_before = num_threads();
  for (const auto& [name, kernels] : all_kernels()) {
    for (const auto& [m, n, k] :
         {Extents{5, 67, 130}, Extents{131, 97, 300}, Extents{49, 530, 1100}, Extents{18, 67, 1600}}) {
      Tensor a({m, k}), b({n, k});
      fill_normal(a, 0, 1, {.seed = 1});
      fill_normal(b, 0, 1, {.seed = 2});
      std::vector<Tensor> results;
      for (const int threads : {1, 2, 3, 8}) {
        set_num_threads(threads);
        results.emplace_back(Shape{m, n});
        matmul_blocked(*kernels, {.m = m,
                                  .n = n,
                                  .k = k,
                                  .a = {a.raw(), DType::f32, k, false},
                                  .b = {b.raw(), DType::f32, k, true},
                                  .c = results.back().raw(),
                                  .c_dtype = DType::f32,
                                  .ldc = n});
      }
      for (const Tensor& result : results) {
        CAPTURE(name, m, n, k);
        CHECK(std::memcmp(result.raw(), results.front().raw(), result.bytes()) == 0);
      }
    }
  }
  set_num_threads(threads_before);
}

}  // namespace
}  // namespace mini_bert::kernels
