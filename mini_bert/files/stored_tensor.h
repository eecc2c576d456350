#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "mini_bert/files/stored_type.h"
#include "mini_bert/tensor/shape.h"

namespace mini_bert {

// The most extents that a shape in a file may have, as in PyTorch.
inline constexpr std::size_t most_extents = 64;

// The most tensors that a file may have; a BERT of 24 layers has 400. What a reader allocates for one tensor is more
// than the bytes that a hostile file needs to name it, so without a limit a small file could fill the memory.
inline constexpr std::size_t most_tensors = 1 << 16;

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

// The product of the extents. No value when it does not fit Index or an extent is negative.
std::optional<std::size_t> element_count(const std::vector<Index>& extents);

// The number of bytes of so many elements. No value when it does not fit or is not whole.
std::optional<std::size_t> bytes_needed(const StoredType& type, const std::vector<Index>& extents);

// Sets a tensor's strides, or leaves them empty when the tensor is row-major. Returns false when the strides do not fit
// the extents, or when an element would lie outside [0, elements) or share its place with another one.
bool set_strides(StoredTensor& tensor, std::vector<Index> strides, std::size_t elements);

// The transpose of a matrix [M,N]: the same elements as [N,M]. Error for a tensor that is no matrix.
StoredTensor transposed(StoredTensor matrix);

}  // namespace mini_bert
