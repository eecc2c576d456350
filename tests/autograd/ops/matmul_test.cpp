#include "mini_bert/autograd/ops/matmul.h"

#include "tests/autograd/op_testing.h"

namespace mini_bert::testing {
namespace matmul_test {

struct Extents {
  Index m, k, n;
};
constexpr Extents small[] = {{1, 1, 1},  {1, 7, 1},  {7, 1, 5},   {3, 5, 7},  {1, 33, 2},
                             {33, 2, 3}, {2, 3, 65}, {13, 11, 9}, {8, 16, 8}, {2, 65, 3}};

std::vector<double> expected_matmul(const Tensor& a, const Tensor& b) {
  const Index m = a.rows(), k = a.cols(), n = b.cols();
  const std::vector<double> left = doubles(a), right = doubles(b);
  std::vector<double> c(m * n);
  for (Index i = 0; i < m; ++i) {
    for (Index j = 0; j < n; ++j) {
      for (Index l = 0; l < k; ++l) c[i * n + j] += left[i * k + l] * right[l * n + j];
    }
  }
  return c;
}

TEST_CASE("matmul is Σ a·b", "[matmul]") {
  std::vector<Extents> extents(std::begin(small), std::end(small));
  // On both sides of the tiles of 128×512 that threads share out.
  extents.insert(extents.end(), {{33, 65, 129}, {129, 7, 513}, {128, 3, 512}, {300, 33, 7}});
  for (const DType dtype : {DType::f32, DType::f64}) {
    for (const auto& [m, k, n] : extents) {
      const Var a = random_var({m, k}, dtype, 0), b = random_var({k, n}, dtype, 1);
      CAPTURE(name_of(dtype), m, k, n);
      CHECK(difference(matmul(a, b).value(), expected_matmul(a.value(), b.value())) < 5 * tolerance(dtype));
    }
  }
}

TEST_CASE("matmul over nothing is 0", "[matmul]") {
  CHECK(difference(matmul(random_var({2, 0}), random_var({0, 3})).value(), std::vector<double>(6)) == 0);
  CHECK(matmul(random_var({0, 2}), random_var({2, 3})).shape() == Shape{0, 3});
}

TEST_CASE("matmul refuses extents that do not fit", "[matmul]") {
  CHECK_THROWS_WITH(matmul(random_var({2, 3}), random_var({2, 3})),
                    ContainsSubstring("matmul: b must be [3,N], got [2,3] (a is [2,3])"));
  CHECK_THROWS_WITH(matmul(random_var({3}), random_var({3, 2})),
                    ContainsSubstring("a and b must be matrices, got [3] and [3,2]"));
  CHECK_THROWS_AS(matmul(random_var({2, 3}, DType::f32), random_var({3, 2}, DType::f64)), Error);
}

TEST_CASE("matmul gradients", "[matmul]") {
  for (const auto& [m, k, n] : small) {
    const Var a = random_var({m, k}, DType::f64, 0), b = random_var({k, n}, DType::f64, 1);
    CAPTURE(m, k, n);
    check_gradients([&] { return matmul(a, b); }, {a, b});
  }
  const Var square = random_var({7, 7});
  check_gradients([&] { return matmul(square, square); }, {square});
}

TEST_CASE("matmul: threads and accumulation", "[matmul]") {
  const Var a = random_var({300, 33}, DType::f32, 0), b = random_var({33, 1100}, DType::f32, 1);
  check_same_bits_with_any_threads([&] { return matmul(a, b); }, {a, b});
  const Var c = random_var({13, 11}, DType::f64, 0), d = random_var({11, 9}, DType::f64, 1);
  check_accumulation([&] { return matmul(c, d); }, {c, d});
}

}  // namespace matmul_test
}  // namespace mini_bert::testing
