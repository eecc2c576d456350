#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "mini_bert/tensor/dtype.h"
#include "mini_bert/tensor/shape.h"

namespace mini_bert {

// A row-major array of numbers: a shape, an element type and a buffer. Copying a tensor copies the handle, not the
// numbers. reshape() and rows() return views of the same buffer; a view is contiguous like any tensor. Buffers are
// 64-byte aligned, except those that over() was given.
class Tensor {
 public:
  Tensor() = default;                                             // no elements, no buffer
  explicit Tensor(const Shape& shape, DType dtype = DType::f32);  // not initialised
  static Tensor zeros(const Shape& shape, DType dtype = DType::f32);
  // A tensor over existing memory, which must be aligned to the element and hold at least as many bytes as the shape
  // needs.
  static Tensor over(std::shared_ptr<std::byte> buffer, const Shape& shape, DType dtype);
  static Tensor full(const Shape& shape, double value, DType dtype = DType::f32);

  template <class Element>
  static Tensor from(std::span<const Element> values, const Shape& shape);
  template <class Element>
  static Tensor from(const std::vector<Element>& values, const Shape& shape) {
    return from(std::span<const Element>(values), shape);
  }
  template <class Element>
  static Tensor from(const std::vector<Element>& values) {
    return from(values, {static_cast<Index>(values.size())});
  }

  bool defined() const { return buffer_ != nullptr; }
  bool shares_buffer() const { return buffer_.use_count() > 1; }
  const Shape& shape() const { return shape_; }
  DType dtype() const { return dtype_; }
  Index size() const { return defined() ? shape_.size() : 0; }
  Index rows() const { return shape_.rows(); }
  Index cols() const { return shape_.cols(); }
  std::size_t bytes() const { return static_cast<std::size_t>(size()) * size_of(dtype_); }

  // The elements. Error unless Element is the C++ type of dtype().
  template <class Element>
  Element* data() {
    check_type(DTypeOf<Element>::value);
    return reinterpret_cast<Element*>(raw());
  }
  template <class Element>
  const Element* data() const {
    check_type(DTypeOf<Element>::value);
    return reinterpret_cast<const Element*>(raw());
  }
  template <class Element>
  std::span<Element> values() {
    return {data<Element>(), static_cast<std::size_t>(size())};
  }
  template <class Element>
  std::span<const Element> values() const {
    return {data<Element>(), static_cast<std::size_t>(size())};
  }
  std::byte* raw() { return buffer_.get() + offset_; }
  const std::byte* raw() const { return buffer_.get() + offset_; }

  // The only element, as a double.
  double item() const;

  // Views.
  Tensor reshape(const Shape& shape) const;   // same elements in the same order
  Tensor rows(Index begin, Index end) const;  // a range of the outermost extent

  // Copies.
  Tensor clone() const;
  Tensor to(DType dtype) const;          // between the floating-point types
  void copy_from(const Tensor& source);  // same shape, same dtype
  void fill(double value);

 private:
  void check_type(DType requested) const;

  Shape shape_;
  DType dtype_ = DType::f32;
  std::shared_ptr<std::byte> buffer_;
  std::size_t offset_ = 0;  // bytes
};

template <class Element>
Tensor Tensor::from(std::span<const Element> values, const Shape& shape) {
  require(static_cast<Index>(values.size()) == shape.size(), "tensor: {} values do not fill shape {}", values.size(),
          shape);
  Tensor tensor(shape, DTypeOf<Element>::value);
  std::copy(values.begin(), values.end(), tensor.data<Element>());
  return tensor;
}

}  // namespace mini_bert
