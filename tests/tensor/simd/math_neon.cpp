#include "mini_bert/tensor/simd/f32x4.h"
#include "tests/tensor/simd/math_instantiate.h"

namespace mini_bert::simd {

const MathFunctions& math_neon() {
  static constexpr MathFunctions functions = make_math_functions<F32x4>();
  return functions;
}

}  // namespace mini_bert::simd
