#include "mini_bert/tensor/kernels/matmul_int8_simd.h"
#include "mini_bert/tensor/simd/f32x16.h"

namespace mini_bert::simd {
namespace {

// Words as they are: one instruction adds the four products of every word.
struct VnniWords {
  using A = U32x16;
  using B = F32x16;

  static A a(std::uint32_t word) { return U32x16(word); }
  static B b(U32x16 words) { return from_bits(words); }
  static U32x16 multiply_add(A a, B b, U32x16 sum) { return _mm512_dpbusd_epi32(sum.v, a.v, bits(b).v); }
};

}  // namespace

const Int8Product& avx512_vnni_int8();
const Int8Product& avx512_vnni_int8() {
  static constexpr Int8Product product = int8_product<F32x16, 8, 3, VnniWords>();
  return product;
}

}  // namespace mini_bert::simd
