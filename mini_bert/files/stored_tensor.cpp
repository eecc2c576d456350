#include "mini_bert/files/stored_tensor.h"

#include <limits>
#include <utility>

#include <fmt/ranges.h>

namespace mini_bert {

Index StoredTensor::size() const {
  Index size = 1;
  for (const Index extent : extents) size *= extent;
  return size;
}

std::string StoredTensor::shape() const {
  return fmt::format("[{}]", fmt::join(extents, ","));
}

std::optional<std::size_t> element_count(const std::vector<Index>& extents) {
  // An extent of 0 makes the tensor empty, but the product of the extents before it must still fit.
  std::size_t elements = 1;
  for (const Index extent : extents) {
    if (extent < 0 || __builtin_mul_overflow(elements, static_cast<std::size_t>(extent), &elements)) {
      return std::nullopt;
    }
  }
  return std::in_range<Index>(elements) ? std::optional(elements) : std::nullopt;
}

std::optional<std::size_t> bytes_needed(const StoredType& type, const std::vector<Index>& extents) {
  const auto elements = element_count(extents);
  std::size_t bits = 0;
  if (!elements || __builtin_mul_overflow(static_cast<std::size_t>(type.bits), *elements, &bits) || bits % 8 != 0) {
    return std::nullopt;
  }
  return bits / 8;
}

bool set_strides(StoredTensor& tensor, std::vector<Index> strides, std::size_t elements) {
  const auto count = element_count(tensor.extents);
  if (strides.size() != tensor.extents.size() || !count) return false;
  bool row_major = true;
  Index expected = 1;        // of a row-major tensor
  std::size_t farthest = 0;  // the last element's place
  for (std::size_t i = strides.size(); i-- > 0;) {
    const Index extent = tensor.extents[i];
    if (strides[i] < 0) return false;
    if (extent <= 1) continue;  // its stride is never used
    std::size_t reach = 0;
    if (__builtin_mul_overflow(static_cast<std::size_t>(extent - 1), static_cast<std::size_t>(strides[i]), &reach) ||
        __builtin_add_overflow(farthest, reach, &farthest)) {
      return false;
    }
    row_major = row_major && strides[i] == expected;
    expected *= extent;
  }
  // With more elements than places, some would share a place, and a small file could ask for a large memory.
  if (*count > elements || (*count > 0 && farthest >= elements)) return false;
  tensor.strides = row_major ? std::vector<Index>() : std::move(strides);
  return true;
}

StoredTensor transposed(StoredTensor matrix) {
  require(matrix.extents.size() == 2, "tensor {}: shape {}, expected a matrix", matrix.name, matrix.shape());
  std::vector<Index> strides = matrix.strides.empty() ? std::vector{matrix.extents[1], Index{1}} : matrix.strides;
  std::swap(matrix.extents[0], matrix.extents[1]);
  std::swap(strides[0], strides[1]);
  // Always fits: it counts the same elements in another order.
  set_strides(matrix, std::move(strides), std::numeric_limits<std::size_t>::max());
  return matrix;
}

}  // namespace mini_bert
