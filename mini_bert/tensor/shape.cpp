#include "mini_bert/tensor/shape.h"

namespace mini_bert {

Shape::Shape(std::initializer_list<Index> extents) : rank_(static_cast<int>(extents.size())) {
  require(extents.size() <= max_rank, "shape: at most {} extents, got {}", max_rank, extents.size());
  int axis = 0;
  for (const Index extent : extents) {
    require(extent >= 0, "shape: extents must not be negative, got {}", extent);
    extents_[axis++] = extent;
    if (axis == rank_) rows_ = size_;
    if (__builtin_mul_overflow(size_, extent, &size_)) fail("shape: {} overflows", to_string(*this));
  }
}

std::string to_string(const Shape& shape) {
  std::string text = "[";
  for (int axis = 0; axis < shape.rank(); ++axis) {
    if (axis > 0) text += ',';
    text += std::to_string(shape[axis]);
  }
  return text + ']';
}

}  // namespace mini_bert
