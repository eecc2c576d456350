#include "mini_bert/tensor/kernels/matmul_packed.h"

#include <algorithm>
#include <cstring>

#include "mini_bert/tensor/divide_up.h"
#include "mini_bert/tensor/kernels/matmul_int8.h"
#include "mini_bert/tensor/parallel.h"

namespace mini_bert::kernels {
namespace {

using Elements = WeightPanels::Elements;

Elements elements_of(const StoredWeight& weight, bool rounded) {
  if (rounded) return Elements::bf16_words;
  return weight.dtype() == DType::f32 ? Elements::f32_words : Elements::halves;
}

// panel [terms][width] = `count` rows of halves [·,depth], with zeros in the columns beyond. The numbers of eight terms
// of a row are in one cache line or two.
void transpose_halves(const std::uint16_t* rows, Index depth, Index count, std::uint16_t* panel, Index width) {
  constexpr Index terms = 16;
  if (count < width) std::fill_n(panel, depth * width, std::uint16_t{0});
  for (Index k = 0; k < depth; k += terms) {
    const Index end = std::min(k + terms, depth);
    for (Index j = 0; j < count; ++j) {
      for (Index i = k; i < end; ++i) panel[i * width + j] = rows[j * depth + i];
    }
  }
}

void pack_rows(const simd::TiledProduct& tiled, const Tensor& values, Index row, Index count, float* panel) {
  const Index depth = values.cols(), width = tiled.tile_cols;
  const std::byte* const rows = values.raw() + row * depth * static_cast<Index>(size_of(values.dtype()));
  if (values.dtype() == DType::f32) {
    tiled.pack_transposed.f32(reinterpret_cast<const float*>(rows), depth, depth, count, panel, width);
  } else if (values.dtype() == DType::bf16) {
    tiled.pack_transposed.bf16(reinterpret_cast<const BFloat16*>(rows), depth, depth, count, panel, width);
  } else {
    tiled.pack_transposed.f16(reinterpret_cast<const Float16*>(rows), depth, depth, count, panel, width);
  }
}

bool is_packable(const StoredWeight& weight, const Tensor& bias) {
  const WeightStorage* const storage = storage_of(weight.dtype());
  const bool is_readable = weight.dtype() == DType::f32 || (storage != nullptr && storage->in_products);
  return is_readable && bias.dtype() == DType::f32;
}

// Null unless the product is to be computed in int8.
std::shared_ptr<const WeightPanels> int8_panels(const Tensor& x, const StoredWeight& weight, const Tensor& y) {
  if (weight.packed->use() != WeightUse::int8 || x.dtype() != DType::f32 || y.dtype() != DType::f32) return nullptr;
  return weight.packed->panels(Elements::int8_words,
                               [&] { return quantized_weight(simd::kernels(), simd::int8_product(), weight); });
}

}  // namespace

WeightPanels panels_of(const simd::Kernels& simd, const StoredWeight& weight, bool rounded) {
  const simd::TiledProduct& tiled = rounded ? simd.bf16_terms : simd.f32_terms;
  const Tensor& values = weight.values;
  const Index rows = values.rows(), depth = values.cols(), width = tiled.tile_cols, panels = divide_up(rows, width);
  WeightPanels result{.elements = elements_of(weight, rounded), .outputs = rows, .inputs = depth};
  const bool halves = result.elements == Elements::halves;
  const Index words = halves ? depth : divide_up(depth, tiled.terms_per_word);
  result.values = Tensor({panels * width, words}, halves ? values.dtype() : DType::f32);
  parallel_for(panels, 1, [&](Index panel) {
    const Index row = panel * width, count = std::min(width, rows - row);
    if (halves) {
      transpose_halves(reinterpret_cast<const std::uint16_t*>(values.raw()) + row * depth, depth, count,
                       reinterpret_cast<std::uint16_t*>(result.values.raw()) + row * depth, width);
    } else {
      pack_rows(tiled, values, row, count, result.values.data<float>() + row * words);
    }
  });
  return result;
}

bool matmul_packed(const Tensor& x, const StoredWeight& weight, const Tensor& bias, Tensor& y) {
  if (!is_packable(weight, bias)) return false;
  if (const auto panels = int8_panels(x, weight, y)) {
    matmul_int8(simd::int8_product(), x, *panels, bias, y);
    return true;
  }
  PackedWeight& packed = *weight.packed;
  const simd::Kernels* const simd = simd::kernels();
  if (simd == nullptr) return false;
  const bool rounded = x.dtype() == DType::bf16;
  const auto panels = packed.panels(elements_of(weight, rounded), [&] { return panels_of(*simd, weight, rounded); });
  matmul_blocked(*simd, {.m = y.rows(),
                         .n = y.cols(),
                         .k = x.cols(),
                         .a = {x.raw(), x.dtype(), x.cols(), false},
                         .b = {weight.values.raw(), weight.dtype(), weight.values.cols(), true},
                         .c = y.raw(),
                         .c_dtype = y.dtype(),
                         .ldc = y.cols(),
                         .rounded = rounded,
                         .bias = bias.data<float>(),
                         .may_be_packed = true,
                         .panels = panels.get()});
  return true;
}

bool matmul_packed_activated(const Tensor& x, Activation activation, const StoredWeight& weight, const Tensor& bias,
                             Tensor& y) {
  if (weight.packed == nullptr || !is_packable(weight, bias)) return false;
  const auto panels = int8_panels(x, weight, y);
  if (panels == nullptr) return false;
  matmul_int8_activated(simd::int8_product(), x, activation, *panels, bias, y);
  return true;
}

}  // namespace mini_bert::kernels
