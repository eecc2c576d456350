#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <initializer_list>
#include <string>

#include "mini_bert/base/error.h"

namespace mini_bert {

using Index = std::int64_t;

// The extents of a tensor, outermost first; at most four. A shape of rank 0 is one number.
class Shape {
 public:
  static constexpr int max_rank = 4;

  Shape() = default;
  Shape(std::initializer_list<Index> extents);

  int rank() const { return rank_; }
  Index operator[](int axis) const { return extents_[axis]; }
  Index size() const { return size_; }  // number of elements

  // Every tensor is also a row-major matrix: the last extent is the length of a row, and the product of the others is
  // the number of rows.
  Index cols() const { return rank_ == 0 ? 1 : extents_[rank_ - 1]; }
  Index rows() const { return rank_ == 0 ? 1 : rows_; }

  bool operator==(const Shape& other) const = default;

 private:
  int rank_ = 0;
  std::array<Index, max_rank> extents_{};
  Index size_ = 1;
  Index rows_ = 1;
};

std::string to_string(const Shape& shape);  // "[64,768]"

}  // namespace mini_bert

template <>
struct fmt::formatter<mini_bert::Shape> {
  constexpr auto parse(fmt::format_parse_context& context) { return context.begin(); }
  template <class Context>
  auto format(const mini_bert::Shape& shape, Context& context) const {
    const std::string text = to_string(shape);
    return std::copy(text.begin(), text.end(), context.out());
  }
};
