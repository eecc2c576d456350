#include "mini_bert/tensor/kernels/matmul.h"

#include <array>
#include <cmath>

#include "mini_bert/tensor/random.h"
#include "tests/catch.h"

namespace mini_bert::kernels {
namespace {

Tensor random_tensor(const Shape& shape, std::uint32_t stream, DType dtype) {
  Tensor x(shape);
  fill_normal(x, 0, 1, {.seed = 1, .stream = stream});
  return x.to(dtype);
}

// The largest difference of C, started as 1, from A·B given by a(i, k) and b(k, j).
template <class A, class B>
double error_of(const Tensor& c, Index terms, double base, const A& a, const B& b) {
  const Tensor values = c.to(DType::f64);
  double error = 0;
  for (Index i = 0; i < c.rows(); ++i) {
    for (Index j = 0; j < c.cols(); ++j) {
      double sum = base;
      for (Index k = 0; k < terms; ++k) sum += a(i, k) * b(k, j);
      error = std::max(error, std::abs(values.data<double>()[i * c.cols() + j] - sum) / (std::abs(sum) + 1));
    }
  }
  return error;
}

TEST_CASE("products of f32 and bf16 in any mixture", "[matmul]") {
  constexpr Index m = 13, n = 19, k = 37;
  for (const unsigned types : {0u, 1u, 2u, 3u, 4u, 5u, 6u, 7u}) {
    const auto type = [types](unsigned bit) { return (types & bit) != 0 ? DType::bf16 : DType::f32; };
    const bool rounded = (types & 3u) != 0;
    const auto values = [rounded](const Tensor& x) { return (rounded ? x.to(DType::bf16) : x).to(DType::f64); };
    const double tolerance = (types & 4u) != 0 ? 0x1p-8 : 1e-5;
    for (const Output output : {Output::replace, Output::accumulate}) {
      CAPTURE(types, output == Output::replace);
      const double base = output == Output::replace ? 0 : 1;
      const Tensor a = random_tensor({m, k}, 0, type(1)), b = random_tensor({k, n}, 1, type(2));
      const Tensor a_t = random_tensor({k, m}, 2, type(1)), b_t = random_tensor({n, k}, 3, type(2));
      const Tensor av = values(a), bv = values(b), atv = values(a_t), btv = values(b_t);
      const auto a_ik = [&](Index i, Index t) { return av.data<double>()[i * k + t]; };
      const auto b_kj = [&](Index t, Index j) { return bv.data<double>()[t * n + j]; };
      Tensor c = Tensor::full({m, n}, 1, type(4));
      matmul(a, b, c, output);
      CHECK(error_of(c, k, base, a_ik, b_kj) <= tolerance);
      c.fill(1);
      matmul_transposed_b(a, b_t, c, output);
      CHECK(error_of(c, k, base, a_ik, [&](Index t, Index j) { return btv.data<double>()[j * k + t]; }) <= tolerance);
      c.fill(1);
      matmul_transposed_a(a_t, b, c, output);
      CHECK(error_of(
                c, k, base, [&](Index i, Index t) { return atv.data<double>()[t * m + i]; }, b_kj) <= tolerance);
    }
  }
}

TEST_CASE("weights in halves are multiplied as the floats they stand for", "[matmul]") {
  const DType stored = GENERATE(DType::f16, DType::bf16);
  const Tensor a = random_tensor({13, 37}, 0, DType::f32), b = random_tensor({19, 37}, 1, stored);
  const Tensor av = a.to(DType::f64), bv = b.to(DType::f64);
  Tensor c({13, 19});
  matmul_weight(a, b, Tensor::full({19}, 2.5), c);
  CHECK(error_of(
            c, 37, 2.5, [&](Index i, Index t) { return av.data<double>()[i * 37 + t]; },
            [&](Index t, Index j) { return bv.data<double>()[j * 37 + t]; }) <= 1e-5);
}

TEST_CASE("a bias is added to every row", "[matmul]") {
  const Tensor a = random_tensor({5, 9}, 0, DType::f32), b = random_tensor({17, 9}, 1, DType::f32);
  const Tensor bias = Tensor::full({17}, 2.5), a64 = a.to(DType::f64), b64 = b.to(DType::f64);
  for (const DType dtype : {DType::f32, DType::bf16}) {
    Tensor c({5, 17}, dtype);
    matmul_weight(a, b, bias, c);
    const double error = error_of(
        c, 9, 2.5, [&](Index i, Index t) { return a64.data<double>()[i * 9 + t]; },
        [&](Index t, Index j) { return b64.data<double>()[j * 9 + t]; });
    CHECK(error <= (dtype == DType::f32 ? 1e-5 : 0x1p-8));
  }
}

}  // namespace
}  // namespace mini_bert::kernels
