#include "mini_bert/tensor/kernels/matmul_int8_simd.h"
#include "mini_bert/tensor/simd/f32x16.h"

namespace mini_bert::simd {
namespace {

inline U32x16 add_byte_products(U32x16 a, U32x16 b, U32x16 sum) {
  return _mm512_dpbusd_epi32(sum.v, a.v, b.v);
}

}  // namespace

const Int8Product& avx512_vnni_int8();
const Int8Product& avx512_vnni_int8() {
  static constexpr Int8Product product = int8_product<F32x16, 8, 3, ByteWords<F32x16>>();
  return product;
}

}  // namespace mini_bert::simd
