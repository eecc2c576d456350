#include "mini_bert/tensor/tensor.h"

#include <cstdint>
#include <limits>
#include <numeric>

#include "tests/catch.h"

namespace mini_bert {
namespace {

Tensor counting(const Shape& shape) {
  Tensor x(shape);
  std::iota(x.values<float>().begin(), x.values<float>().end(), 0.0f);
  return x;
}

TEST_CASE("a default tensor has no elements", "[tensor]") {
  const Tensor nothing;
  CHECK_FALSE(nothing.defined());
  CHECK(nothing.size() == 0);
  CHECK(nothing.bytes() == 0);
  CHECK_FALSE(nothing.clone().defined());
  CHECK_FALSE(nothing.to(DType::f64).defined());
  CHECK_THROWS_WITH(nothing.item(), ContainsSubstring("exactly one element"));
  Tensor scalar = Tensor::zeros({});
  CHECK_THROWS_WITH(scalar.copy_from(nothing), ContainsSubstring("cannot copy"));
}

TEST_CASE("zeros, full and from", "[tensor]") {
  const Tensor zeros = Tensor::zeros({3, 5}, DType::f64);
  for (const double value : zeros.values<double>()) CHECK(value == 0);
  CHECK(Tensor::full({2}, 0.5).values<float>()[1] == 0.5f);
  CHECK(Tensor::full({2}, -3, DType::i32).values<std::int32_t>()[1] == -3);
  CHECK(Tensor::full({1}, 1.00390625, DType::bf16).item() == 1);  // a tie, to the even neighbour

  const Tensor x = Tensor::from<std::int32_t>({1, 2, 3, 4, 5, 6}, {2, 3});
  CHECK(x.dtype() == DType::i32);
  CHECK(x.values<std::int32_t>()[5] == 6);
  CHECK(Tensor::from<double>({1, 2}).shape() == Shape{2});
  CHECK_THROWS_WITH(Tensor::from<float>({1, 2, 3}, {2, 2}), ContainsSubstring("3 values do not fill shape [2,2]"));
}

TEST_CASE("elements are reached only as what they are", "[tensor]") {
  Tensor x({2, 2});
  CHECK_THROWS_WITH(x.data<double>(), ContainsSubstring("holds f32, asked for f64"));
  CHECK_THROWS_WITH(std::as_const(x).values<std::int32_t>(), ContainsSubstring("holds f32, asked for i32"));
  CHECK_THROWS_WITH(Tensor({1}, DType::bf16).data<float>(), ContainsSubstring("holds bf16, asked for f32"));
}

TEST_CASE("item reads the only element of any type", "[tensor]") {
  CHECK(Tensor::full({}, 2.5).item() == 2.5);
  CHECK(Tensor::full({1, 1}, 2.5, DType::f64).item() == 2.5);
  CHECK(Tensor::full({1}, 2.5, DType::bf16).item() == 2.5);
  CHECK(Tensor::full({1}, 7, DType::i32).item() == 7);
  CHECK_THROWS_WITH(Tensor({2}).item(), ContainsSubstring("exactly one element, got shape [2]"));
  CHECK_THROWS_AS(Tensor(Shape{0}).item(), Error);
}

TEST_CASE("a copied handle and a reshaped tensor share the numbers", "[tensor]") {
  Tensor x = counting({2, 6});
  Tensor same = x;
  const Tensor view = x.reshape({3, 4});
  same.data<float>()[7] = -1;
  CHECK(x.data<float>()[7] == -1);
  CHECK(view.data<float>()[7] == -1);
  CHECK(view.shape() == Shape{3, 4});
  CHECK(x.shape() == Shape{2, 6});
  CHECK_THROWS_WITH(x.reshape({5}), ContainsSubstring("cannot reshape [2,6] to [5]"));
}

TEST_CASE("rows are a view of the outermost extent, in every rank", "[tensor]") {
  Tensor matrix = counting({4, 3});
  Tensor middle = matrix.rows(1, 3);
  CHECK(middle.shape() == Shape{2, 3});
  CHECK(middle.values<float>()[0] == 3);
  CHECK(middle.bytes() == 24);
  middle.fill(-1);
  CHECK(matrix.values<float>()[2] == 2);
  CHECK(matrix.values<float>()[3] == -1);
  CHECK(matrix.values<float>()[8] == -1);
  CHECK(matrix.values<float>()[9] == 9);

  CHECK(counting({5}).rows(2, 4).values<float>()[0] == 2);
  CHECK(counting({3, 2, 2}).rows(1, 2).values<float>()[0] == 4);
  const Tensor rank_4 = counting({3, 2, 2, 2}).rows(2, 3);
  CHECK(rank_4.shape() == Shape{1, 2, 2, 2});
  CHECK(rank_4.values<float>()[0] == 16);
  CHECK(matrix.rows(1, 4).rows(1, 3).values<float>()[3] == 9);  // a view of a view
  CHECK(matrix.rows(4, 4).size() == 0);
  CHECK(Tensor(Shape{0, 3}).rows(0, 0).shape() == Shape{0, 3});
}

TEST_CASE("rows that do not exist are refused", "[tensor]") {
  const Tensor x = counting({4, 3});
  CHECK_THROWS_WITH(x.rows(2, 5), ContainsSubstring("rows 2..5 of shape [4,3]"));
  CHECK_THROWS_AS(x.rows(3, 2), Error);
  CHECK_THROWS_AS(x.rows(-1, 2), Error);
  CHECK_THROWS_AS(Tensor(Shape{}).rows(0, 0), Error);
}

TEST_CASE("a view keeps the memory alive", "[tensor]") {
  Tensor view;
  {
    const Tensor x = counting({100, 10});
    view = x.rows(99, 100);
  }
  CHECK(view.values<float>()[9] == 999);
}

TEST_CASE("clone and copy_from copy the numbers", "[tensor]") {
  Tensor x = counting({3, 2});
  Tensor copy = x.rows(1, 3).clone();
  x.fill(0);
  CHECK(copy.shape() == Shape{2, 2});
  CHECK(copy.values<float>()[3] == 5);
  x.rows(0, 2).values<float>()[0] = 8;
  copy.copy_from(x.rows(0, 2));
  CHECK(copy.values<float>()[0] == 8);
  CHECK_THROWS_WITH(copy.copy_from(x), ContainsSubstring("cannot copy f32 [3,2] into f32 [2,2]"));
  CHECK_THROWS_WITH(copy.copy_from(Tensor({2, 2}, DType::f64)), ContainsSubstring("cannot copy f64 [2,2]"));
}

TEST_CASE("conversion between the floating-point types", "[tensor]") {
  const std::vector<double> values = {0, -1.5, 3.14159265358979, 1e-40, 1e30};
  const Tensor f64 = Tensor::from(values);
  const Tensor f32 = f64.to(DType::f32), bf16 = f64.to(DType::bf16);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto single = static_cast<float>(values[i]);
    const auto half = static_cast<float>(BFloat16(single));
    CHECK(f32.values<float>()[i] == single);
    CHECK(bf16.values<BFloat16>()[i].bits == BFloat16(single).bits);
    CHECK(f32.to(DType::bf16).values<BFloat16>()[i].bits == BFloat16(single).bits);
    CHECK(f32.to(DType::f64).values<double>()[i] == single);
    CHECK(bf16.to(DType::f32).values<float>()[i] == half);
    CHECK(bf16.to(DType::f64).values<double>()[i] == half);
    CHECK(f64.to(DType::f16).values<Float16>()[i].bits == Float16(single).bits);
    CHECK(f32.to(DType::f16).to(DType::f64).values<double>()[i] == static_cast<float>(Float16(single)));
  }
  CHECK(f64.rows(2, 3).to(DType::f32).values<float>()[0] == 3.14159265f);  // of a view

  Tensor same_type = f32.to(DType::f32);
  same_type.fill(9);
  CHECK(f32.values<float>()[0] == 0);  // still a copy
  CHECK_THROWS_WITH(f32.to(DType::i32), ContainsSubstring("cannot convert f32 to i32"));
  CHECK_THROWS_WITH(Tensor({1}, DType::i32).to(DType::f32), ContainsSubstring("cannot convert i32 to f32"));
}

TEST_CASE("a tensor larger than the address space is refused", "[tensor]") {
  constexpr Index largest = std::numeric_limits<Index>::max();
  CHECK_THROWS_WITH(Tensor({largest}, DType::f64), ContainsSubstring("overflows"));
  CHECK_THROWS_WITH(Tensor({largest}, DType::bf16),
                    ContainsSubstring("out of memory") || ContainsSubstring("overflows"));
}

}  // namespace
}  // namespace mini_bert
