#pragma once

#include "mini_bert/tensor/dtype.h"
#include "mini_bert/tensor/random.h"
#include "mini_bert/tensor/shape.h"

namespace mini_bert::simd {

// What tensor/simd/math.h and philox.h compute from one register, over arrays: lets a test call them without being
// compiled for the instruction set itself.
struct MathFunctions {
  using Function = void (*)(const float* x, Index n, float* y);
  Function exp, erf, tanh, log;
  void (*dropout_factors)(double p, const RandomKey& key, std::uint64_t first, Index count, float* factors);
  void (*widen)(const BFloat16* x, Index n, float* y);
  void (*widen_f16)(const Float16* x, Index n, float* y);
  void (*narrow)(const float* x, Index n, BFloat16* y);
};

const MathFunctions& math_neon();
const MathFunctions& math_simd128();
const MathFunctions& math_avx2();
const MathFunctions& math_avx512();

}  // namespace mini_bert::simd
