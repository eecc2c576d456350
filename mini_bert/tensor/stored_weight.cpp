#include "mini_bert/tensor/stored_weight.h"

#include <algorithm>
#include <array>

#include "mini_bert/tensor/parallel.h"

namespace mini_bert {
namespace {

template <class Half>
void widen_half(const StoredWeight& weight, Index row, float* to) {
  const Index width = weight.shape().cols();
  const Half* const from = weight.values.data<Half>() + row * width;
  std::transform(from, from + width, to, [](Half x) { return static_cast<float>(x); });
}

constexpr std::array storages = {
    WeightStorage{DType::f16, "F16", true, widen_half<Float16>},
    WeightStorage{DType::bf16, "BF16", true, widen_half<BFloat16>},
};

}  // namespace

std::span<const WeightStorage> weight_storages() {
  return storages;
}

const WeightStorage* storage_of(DType dtype) {
  const auto found = std::ranges::find(storages, dtype, &WeightStorage::dtype);
  return found == storages.end() ? nullptr : &*found;
}

Tensor widened(const StoredWeight& weight) {
  const WeightStorage* const storage = storage_of(weight.dtype());
  if (storage == nullptr) return weight.values;
  Tensor floats(weight.shape(), DType::f32);
  const Index width = weight.shape().cols();
  parallel_for(weight.shape().rows(), 16,
               [&](Index row) { storage->widen_row(weight, row, floats.data<float>() + row * width); });
  return floats;
}

}  // namespace mini_bert
