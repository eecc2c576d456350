#include "mini_bert/tensor/simd/f32x4_simd128.h"
#include "tests/tensor/simd/math_instantiate.h"

namespace mini_bert::simd {

const MathFunctions& math_simd128() {
  static constexpr MathFunctions functions = make_math_functions<F32x4>();
  return functions;
}

}  // namespace mini_bert::simd
