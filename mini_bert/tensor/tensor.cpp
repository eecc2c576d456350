#include "mini_bert/tensor/tensor.h"

#include <algorithm>
#include <cstring>

#include "mini_bert/tensor/allocator.h"

namespace mini_bert {
namespace {

double read_as_double(const Tensor& tensor, Index i) {
  switch (tensor.dtype()) {
    case DType::f32:
      return tensor.data<float>()[i];
    case DType::f64:
      return tensor.data<double>()[i];
    case DType::bf16:
      return static_cast<float>(tensor.data<BFloat16>()[i]);
    case DType::f16:
      return static_cast<float>(tensor.data<Float16>()[i]);
    default:
      return tensor.data<std::int32_t>()[i];
  }
}

template <class From, class To>
void convert(const Tensor& source, Tensor& target) {
  const auto from = source.values<From>();
  std::transform(from.begin(), from.end(), target.data<To>(), [](From value) {
    if constexpr (std::is_arithmetic_v<From> && std::is_arithmetic_v<To>) {
      return static_cast<To>(value);
    } else {
      return static_cast<To>(static_cast<float>(value));  // the only conversion that halves have
    }
  });
}

template <class From>
void convert_from(const Tensor& source, Tensor& target) {
  switch (target.dtype()) {
    case DType::f32:
      return convert<From, float>(source, target);
    case DType::f64:
      return convert<From, double>(source, target);
    case DType::bf16:
      return convert<From, BFloat16>(source, target);
    case DType::f16:
      return convert<From, Float16>(source, target);
    default:
      fail("tensor: cannot convert {} to i32", name_of(source.dtype()));
  }
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
  switch (dtype_) {
    case DType::f32:
      std::ranges::fill(values<float>(), static_cast<float>(value));
      break;
    case DType::f64:
      std::ranges::fill(values<double>(), value);
      break;
    case DType::bf16:
      std::ranges::fill(values<BFloat16>(), BFloat16(static_cast<float>(value)));
      break;
    case DType::f16:
      std::ranges::fill(values<Float16>(), Float16(static_cast<float>(value)));
      break;
    case DType::i32:
      std::ranges::fill(values<std::int32_t>(), static_cast<std::int32_t>(value));
      break;
  }
}

double Tensor::item() const {
  require(size() == 1, "tensor: item() needs exactly one element, got shape {}", shape_);
  return read_as_double(*this, 0);
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
  std::memcpy(copy.raw(), raw(), bytes());
  return copy;
}

void Tensor::copy_from(const Tensor& source) {
  require(source.defined() == defined() && source.shape() == shape_ && source.dtype() == dtype_,
          "tensor: cannot copy {} {} into {} {}", name_of(source.dtype()), source.shape(), name_of(dtype_), shape_);
  std::memmove(raw(), source.raw(), bytes());
}

Tensor Tensor::to(DType dtype) const {
  if (dtype == dtype_ || !defined()) return clone();
  Tensor target(shape_, dtype);
  switch (dtype_) {
    case DType::f32:
      convert_from<float>(*this, target);
      break;
    case DType::f64:
      convert_from<double>(*this, target);
      break;
    case DType::bf16:
      convert_from<BFloat16>(*this, target);
      break;
    case DType::f16:
      convert_from<Float16>(*this, target);
      break;
    default:
      fail("tensor: cannot convert i32 to {}", name_of(dtype));
  }
  return target;
}

void Tensor::check_type(DType requested) const {
  require(requested == dtype_, "tensor: holds {}, asked for {}", name_of(dtype_), name_of(requested));
}

}  // namespace mini_bert
