#include "mini_bert/tensor/eigen.h"

#include <numeric>

#include "tests/catch.h"

namespace mini_bert {
namespace {

Tensor counting(const Shape& shape) {
  Tensor x(shape, DType::f64);
  std::iota(x.values<double>().begin(), x.values<double>().end(), 0.0);
  return x;
}

TEST_CASE("a tensor of any rank is a row-major matrix", "[eigen]") {
  Tensor x = counting({2, 3, 4});
  auto all = matrix<double>(x);
  CHECK(all.rows() == 6);
  CHECK(all.cols() == 4);
  CHECK(all(2, 3) == 11);
  all(2, 3) = -1;
  CHECK(x.values<double>()[11] == -1);
  CHECK(matrix<double>(std::as_const(x))(2, 3) == -1);
  const Tensor scalar = Tensor::full({}, 5, DType::f64);
  CHECK(matrix<double>(scalar)(0, 0) == 5);
  CHECK_THROWS_AS(matrix<float>(x), Error);
}

TEST_CASE("a block is some columns of some rows", "[eigen]") {
  Tensor x = counting({4, 5});
  auto part = block<double>(x, 1, 2, 2, 3);
  CHECK(part.rows() == 2);
  CHECK(part.cols() == 3);
  CHECK(part(0, 0) == 7);
  CHECK(part(1, 2) == 14);
  part.setZero();
  CHECK(x.values<double>()[6] == 6);
  CHECK(x.values<double>()[7] == 0);
  CHECK(x.values<double>()[10] == 10);
  CHECK(x.values<double>()[14] == 0);
  CHECK(block<double>(std::as_const(x), 3, 4, 1, 1)(0, 0) == 19);
}

TEST_CASE("a row and a range of elements", "[eigen]") {
  Tensor x = counting({3, 4});
  CHECK(row<double>(x, 2).size() == 4);
  CHECK(row<double>(x, 2)[1] == 9);
  row<double>(x, 0) += 10.0;
  CHECK(x.values<double>()[3] == 13);
  CHECK(x.values<double>()[4] == 4);
  CHECK(elements<double>(x, 3, 6).size() == 3);
  elements<double>(x, 3, 6) *= 2.0;
  CHECK(x.values<double>()[5] == 10);
  CHECK(x.values<double>()[6] == 6);
  CHECK(row<double>(std::as_const(x), 1)[1] == 10);
  CHECK(elements<double>(std::as_const(x), 11, 12)[0] == 11);

  const Tensor view = x.rows(1, 3);  // of a tensor that begins inside another
  CHECK(row<double>(view, 1)[0] == 8);
}

}  // namespace
}  // namespace mini_bert
