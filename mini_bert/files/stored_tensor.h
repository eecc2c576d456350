#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mini_bert/tensor/shape.h"

namespace mini_bert {

// An element type, by the name safetensors gives it. All of them can be listed; F64, F32, F16 and BF16 can be read.
struct StoredType {
  std::string_view name;
  int bits = 0;
  bool operator==(const StoredType& other) const { return name == other.name; }
};

// One tensor of a file. Its elements are in the bytes [begin, end) of the file; the parser of the file's format has
// checked that they exist and that every element of shape and strides lies within them.
struct StoredTensor {
  std::string name;
  StoredType type;
  std::vector<Index> extents;
  std::size_t begin = 0;
  std::size_t end = 0;
  std::vector<Index> strides = {};  // elements from one index to the next; none: row-major, without gaps

  Index size() const;         // number of elements
  std::string shape() const;  // "[768,3072]"
};

// The product of the extents; nothing when it is no possible number of elements, or an extent is negative.
std::optional<std::size_t> element_count(const std::vector<Index>& extents);

// How many bytes so many elements need; nothing when the number does not fit, or is no whole number of bytes.
std::optional<std::size_t> bytes_needed(const StoredType& type, const std::vector<Index>& extents);

// Gives a tensor strides, or none if they only say that it is row-major. False when they do not fit its extents, or
// when an element would lie outside [0, elements) or be counted twice.
bool set_strides(StoredTensor& tensor, std::vector<Index> strides, std::size_t elements);

// The transpose of a matrix [M,N]: the same elements as [N,M]. Error for a tensor that is no matrix.
StoredTensor transposed(StoredTensor matrix);

}  // namespace mini_bert
