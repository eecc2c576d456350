#include "mini_bert/tensor/simd/f32x16.h"
#include "tests/tensor/simd/math_instantiate.h"

namespace mini_bert::simd {

const MathFunctions& math_avx512() {
  static constexpr MathFunctions functions = make_math_functions<F32x16>();
  return functions;
}

}  // namespace mini_bert::simd
