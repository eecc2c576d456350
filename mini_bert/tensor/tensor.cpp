#include "mini_bert/tensor/tensor.h"

#include <algorithm>
#include <cstring>

#include "mini_bert/tensor/allocator.h"
#include "mini_bert/tensor/rehearsal.h"

namespace mini_bert {
namespace {

template <class From, class To>
To converted(From value) {
  if constexpr (std::is_arithmetic_v<From> && std::is_arithmetic_v<To>) {
    return static_cast<To>(value);
  } else {
    return static_cast<To>(static_cast<float>(value));  // the 16-bit types convert to and from float only
  }
}

// Whether a tensor keeps the contents that its memory has. Integers are few, and say which rows there are.
bool stays_unwritten(DType dtype) {
  return dtype != DType::i32 && Rehearsal::is_running();
}

}  // namespace

Tensor::Tensor(const Shape& shape, DType dtype) : shape_(shape), dtype_(dtype) {
  std::size_t bytes = 0;
  require(!__builtin_mul_overflow(static_cast<std::size_t>(shape.size()), size_of(dtype), &bytes),
          "tensor: shape {} overflows", shape);
  buffer_ = CachingAllocator::instance().allocate(bytes);
}

Tensor Tensor::zeros(const Shape& shape, DType dtype) {
  Tensor tensor(shape, dtype);
  if (stays_unwritten(dtype)) return tensor;
  std::memset(tensor.raw(), 0, tensor.bytes());  // all bits zero is 0 in every dtype
  return tensor;
}

Tensor Tensor::over(std::shared_ptr<std::byte> buffer, const Shape& shape, DType dtype) {
  Tensor tensor;
  tensor.shape_ = shape;
  tensor.dtype_ = dtype;
  tensor.buffer_ = std::move(buffer);
  return tensor;
}

Tensor Tensor::full(const Shape& shape, double value, DType dtype) {
  Tensor tensor(shape, dtype);
  tensor.fill(value);
  return tensor;
}

void Tensor::fill(double value) {
  if (stays_unwritten(dtype_)) return;
  visit_dtype(dtype_,
              [&]<class Element>() { std::ranges::fill(values<Element>(), converted<double, Element>(value)); });
}

double Tensor::item() const {
  require(size() == 1, "tensor: item() needs exactly one element, got shape {}", shape_);
  double value = 0;
  visit_dtype(dtype_, [&]<class Element>() { value = converted<Element, double>(data<Element>()[0]); });
  return value;
}

Tensor Tensor::reshape(const Shape& shape) const {
  require(shape.size() == shape_.size(), "tensor: cannot reshape {} to {}", shape_, shape);
  Tensor view = *this;
  view.shape_ = shape;
  return view;
}

Tensor Tensor::rows(Index begin, Index end) const {
  const int rank = shape_.rank();
  require(rank >= 1 && 0 <= begin && begin <= end && end <= shape_[0], "tensor: rows {}..{} of shape {}", begin, end,
          shape_);
  const Index count = end - begin;
  Tensor view = *this;
  switch (rank) {
    case 1:
      view.shape_ = {count};
      break;
    case 2:
      view.shape_ = {count, shape_[1]};
      break;
    case 3:
      view.shape_ = {count, shape_[1], shape_[2]};
      break;
    default:
      view.shape_ = {count, shape_[1], shape_[2], shape_[3]};
      break;
  }
  const Index row_size = shape_[0] == 0 ? 0 : shape_.size() / shape_[0];
  view.offset_ += static_cast<std::size_t>(begin * row_size) * size_of(dtype_);
  return view;
}

Tensor Tensor::clone() const {
  if (!defined()) return {};
  Tensor copy(shape_, dtype_);
  if (stays_unwritten(dtype_)) return copy;
  std::memcpy(copy.raw(), raw(), bytes());
  return copy;
}

void Tensor::copy_from(const Tensor& source) {
  require(source.defined() == defined() && source.shape() == shape_ && source.dtype() == dtype_,
          "tensor: cannot copy {} {} into {} {}", name_of(source.dtype()), source.shape(), name_of(dtype_), shape_);
  if (stays_unwritten(dtype_)) return;
  std::memmove(raw(), source.raw(), bytes());
}

Tensor Tensor::to(DType dtype) const {
  if (dtype == dtype_ || !defined()) return clone();
  require(dtype_ != DType::i32 && dtype != DType::i32, "tensor: cannot convert {} to {}", name_of(dtype_),
          name_of(dtype));
  Tensor target(shape_, dtype);
  if (stays_unwritten(dtype)) return target;
  visit_dtype(dtype_, [&]<class From>() {
    visit_dtype(dtype,
                [&]<class To>() { std::ranges::transform(values<From>(), target.data<To>(), converted<From, To>); });
  });
  return target;
}

void Tensor::check_type(DType requested) const {
  require(requested == dtype_, "tensor: holds {}, asked for {}", name_of(dtype_), name_of(requested));
}

}  // namespace mini_bert
