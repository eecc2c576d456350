#include "mini_bert/tensor/kernels/sum_of_squares.h"

#include <cmath>

#include "mini_bert/tensor/parallel.h"
#include "mini_bert/tensor/random.h"
#include "tests/catch.h"

namespace mini_bert::kernels {
namespace {

TEST_CASE("sum_of_squares adds up squares in double", "[sum_of_squares]") {
  for (const DType dtype : {DType::f32, DType::f64}) {
    for (const Index n : {0, 1, 7, 33, 16'384, 16'385, 100'003}) {
      CAPTURE(name_of(dtype), n);
      Tensor x({n}, dtype);
      fill_normal(x, 0.5, 1, {.seed = 2});
      const Tensor x_64 = x.to(DType::f64);
      double expected = 0;
      for (const double value : x_64.values<double>()) expected += value * value;
      CHECK(std::abs(sum_of_squares(x) - expected) <= 1e-13 * expected);
    }
  }
}

TEST_CASE("sum_of_squares of large floats does not overflow", "[sum_of_squares]") {
  CHECK(std::abs(sum_of_squares(Tensor::full({3}, 1e30)) / 3e60 - 1) < 1e-6);
  CHECK_THROWS_AS(sum_of_squares(Tensor({3}, DType::i32)), Error);
}

TEST_CASE("sum_of_squares has the same bits with any number of threads", "[sum_of_squares]") {
  Tensor x({300'007});
  fill_normal(x, 0, 1, {.seed = 3});
  const int before = num_threads();
  set_num_threads(1);
  const double alone = sum_of_squares(x);
  for (const int threads : {2, 3, 8}) {
    set_num_threads(threads);
    CHECK(sum_of_squares(x) == alone);
  }
  set_num_threads(before);
}

}  // namespace
}  // namespace mini_bert::kernels
