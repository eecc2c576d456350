#pragma once

#include <type_traits>

#include "tensor/shape.h"
#include "tensor/simd/isa.h"
#include "tensor/simd/loops.h"

namespace mini_bert::simd {

// The hot loops over plain f32 arrays, once per instruction set. Each is written once, as a template over the register
// type, in tensor/kernels/<op>_simd.h beside the definition it must agree with; avx2.cpp and avx512.cpp instantiate
// them. Threads and shapes are the callers' business.
struct Kernels {
  Isa isa;

  // Products (tensor/kernels/matmul_simd.h). A tile is at most tile_rows × tile_cols of C; tile[r-1] is that of r rows.
  static constexpr int most_tile_rows = 8;
  using Tile = void (*)(Index depth, const float* a, const float* b, float* c, Index ldc, Index cols, bool accumulate,
                        const float* bias);
  Index tile_rows, tile_cols;
  Tile tile[most_tile_rows];
  void (*pack)(const float* x, Index ldx, Index depth, Index count, float* panel, Index width);
  void (*pack_transposed)(const float* x, Index ldx, Index depth, Index count, float* panel, Index width);

  // All the rest (loops.h).
  ActivationLoops<float> f32;
  ActivationLoops<BFloat16> bf16;
  ParameterLoops parameters;
};

// Those of isa(), or null when it is portable: then the definition is the kernel.
const Kernels* kernels();

// Of those, the loops over activations stored as T; null for double, which only the definitions compute with.
template <class T>
const ActivationLoops<T>* loops() {
  const Kernels* const chosen = kernels();
  if constexpr (std::is_same_v<T, float>) {
    return chosen == nullptr ? nullptr : &chosen->f32;
  } else if constexpr (std::is_same_v<T, BFloat16>) {
    return chosen == nullptr ? nullptr : &chosen->bf16;
  } else {
    return nullptr;
  }
}

// Those of one set, null when there are none or this CPU lacks it.
const Kernels* kernels_for(Isa isa);

}  // namespace mini_bert::simd
