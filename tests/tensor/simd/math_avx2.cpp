#include "mini_bert/tensor/simd/f32x8.h"
#include "tests/tensor/simd/math_instantiate.h"

namespace mini_bert::simd {

const MathFunctions& math_avx2() {
  static constexpr MathFunctions functions = make_math_functions<F32x8>();
  return functions;
}

}  // namespace mini_bert::simd
