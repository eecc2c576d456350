#pragma once

#include <span>
#include <string_view>

#include "mini_bert/tensor/packed_weight.h"

namespace mini_bert {

// The numbers of a weight as memory holds them: a matrix [out,in] or a table [V,H]. Most weights are f32 and stand for
// themselves. Others are stored in fewer bits and are widened where they are used, see weight_storages(). A storage
// whose rows have a factor each also has `scales`, f32 [rows]: element (i, j) stands for scales[i]·values[i, j].
struct StoredWeight {
  Tensor values;
  Tensor scales;
  PackedWeight* packed = nullptr;  // where a product of inference may keep panels of this weight

  StoredWeight() = default;
  StoredWeight(Tensor values, Tensor scales = {}) : values(std::move(values)), scales(std::move(scales)) {}

  const Shape& shape() const { return values.shape(); }
  DType dtype() const { return values.dtype(); }
};

// An element type in which weights are stored to save memory. A new one needs a row in the table of stored_weight.cpp,
// and, where speed matters, products that read it.
struct WeightStorage {
  DType dtype;
  std::string_view file_type;  // as the file formats call it: a weight that a file has in this type may stay so
  bool in_products;            // products read this type themselves; every other type is widened as a whole before
  void (*widen_row)(const StoredWeight& weight, Index row, float* to);  // `to` gets the row as f32, exactly
};

std::span<const WeightStorage> weight_storages();

// The row of a type; nullptr for f32 and f64, which need no widening.
const WeightStorage* storage_of(DType dtype);

// The numbers that the weight stands for, as a new f32 tensor; f32 and f64 as they are.
Tensor widened(const StoredWeight& weight);

}  // namespace mini_bert
