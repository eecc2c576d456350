#include "mini_bert/tensor/shape.h"

#include <limits>

#include "tests/catch.h"

namespace mini_bert {
namespace {

constexpr Index largest = std::numeric_limits<Index>::max();

TEST_CASE("a shape knows its extents, its size and its view as a matrix", "[shape]") {
  const Shape shape = {2, 3, 5};
  CHECK(shape.rank() == 3);
  CHECK(shape[0] == 2);
  CHECK(shape[2] == 5);
  CHECK(shape.size() == 30);
  CHECK(shape.rows() == 6);
  CHECK(shape.cols() == 5);
  CHECK(to_string(shape) == "[2,3,5]");
  CHECK(fmt::format("{}", shape) == "[2,3,5]");
}

TEST_CASE("rank 0 is one number, rank 1 is one row", "[shape]") {
  const Shape scalar;
  CHECK(scalar.rank() == 0);
  CHECK(scalar.size() == 1);
  CHECK(scalar.rows() == 1);
  CHECK(scalar.cols() == 1);
  CHECK(to_string(scalar) == "[]");

  const Shape vector = {7};
  CHECK(vector.rows() == 1);
  CHECK(vector.cols() == 7);
}

TEST_CASE("an extent may be 0", "[shape]") {
  CHECK(Shape{0}.size() == 0);
  const Shape no_rows = {0, 768};
  CHECK(no_rows.size() == 0);
  CHECK(no_rows.rows() == 0);
  CHECK(no_rows.cols() == 768);
  const Shape no_cols = {768, 0};
  CHECK(no_cols.size() == 0);
  CHECK(no_cols.rows() == 768);
  CHECK(no_cols.cols() == 0);
}

TEST_CASE("shapes are equal when all extents are", "[shape]") {
  CHECK(Shape{2, 3} == Shape{2, 3});
  CHECK_FALSE(Shape{2, 3} == Shape{3, 2});
  CHECK_FALSE(Shape{6} == Shape{2, 3});
  CHECK_FALSE(Shape{1} == Shape{});
}

TEST_CASE("a shape that cannot be is refused", "[shape]") {
  CHECK(Shape{1, 2, 3, 4}.size() == 24);
  CHECK_THROWS_WITH((Shape{1, 2, 3, 4, 5}), ContainsSubstring("at most 4 extents, got 5"));
  CHECK_THROWS_WITH((Shape{2, -1}), ContainsSubstring("must not be negative, got -1"));
  CHECK(Shape{largest}.size() == largest);
  CHECK_THROWS_WITH((Shape{largest, 2}), ContainsSubstring("overflows"));
  CHECK_THROWS_WITH((Shape{Index{1} << 32, Index{1} << 31}), ContainsSubstring("[4294967296,2147483648] overflows"));
  CHECK_THROWS_AS((Shape{largest, largest, largest}), Error);
}

}  // namespace
}  // namespace mini_bert
