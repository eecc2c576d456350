#include "mini_bert/tensor/simd/kernels.h"

namespace mini_bert::simd {

// MINI_BERT_EMULATE_SIMD: a test compiles this file a second time, with the sets of x86, NEON and simd128.
#if defined(__x86_64__)
const Kernels& avx2_kernels();
const Kernels& avx512_kernels();
const Kernels& avx512_bf16_kernels();
const Int8Product& avx2_vnni_int8();
const Int8Product& avx512_vnni_int8();
#endif
#if defined(__aarch64__) || defined(MINI_BERT_EMULATE_SIMD)
const Kernels& neon_kernels();
#endif
#if defined(__wasm_simd128__) || defined(MINI_BERT_EMULATE_SIMD)
const Kernels& simd128_kernels();
#endif

const Kernels* kernels_for(Isa isa) {
  if (!has(isa)) return nullptr;
  switch (isa) {
#if defined(__x86_64__)
    case Isa::avx2:
      return &avx2_kernels();
    case Isa::avx512:
      return &avx512_kernels();
    case Isa::avx512_bf16:
      return &avx512_bf16_kernels();
#endif
#if defined(__aarch64__) || defined(MINI_BERT_EMULATE_SIMD)
    case Isa::neon:
      return &neon_kernels();
#endif
#if defined(__wasm_simd128__) || defined(MINI_BERT_EMULATE_SIMD)
    case Isa::simd128:
      return &simd128_kernels();
#endif
    default:
      return nullptr;
  }
}

const Int8Product* int8_instructions_for(Isa isa) {
#if defined(__x86_64__)
  if (has(isa) && has_int8_instructions(isa)) return isa == Isa::avx2 ? &avx2_vnni_int8() : &avx512_vnni_int8();
#endif
  (void)isa;
  return nullptr;
}

const Int8Product* int8_product() {
  static const Int8Product* const chosen = [] {
    const Int8Product* const instructions = int8_instructions_for(isa());
    return instructions != nullptr || kernels() == nullptr ? instructions : &kernels()->int8;
  }();
  return chosen;
}

const Kernels* kernels() {
  static const Kernels* const chosen = kernels_for(isa());
  return chosen;
}

}  // namespace mini_bert::simd
