#include "mini_bert/tensor/kernels/matmul_int8_simd.h"
#include "mini_bert/tensor/simd/f32x8.h"

namespace mini_bert::simd {
namespace {

inline U32x8 add_byte_products(U32x8 a, U32x8 b, U32x8 sum) {
  return _mm256_dpbusd_avx_epi32(sum.v, a.v, b.v);
}

}  // namespace

// AVX-VNNI, which CPUs without AVX-512 have. Of 16 registers, twelve are sums, two B and one A.
const Int8Product& avx2_vnni_int8();
const Int8Product& avx2_vnni_int8() {
  static constexpr Int8Product product = int8_product<F32x8, 6, 2, ByteWords<F32x8>>();
  return product;
}

}  // namespace mini_bert::simd
