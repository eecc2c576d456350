#include "mini_bert/tensor/simd/isa.h"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

// A separate file, so that a test that emulates every instruction set can replace it.
namespace mini_bert {
namespace {

#if defined(__x86_64__)
// Clang 14's __builtin_cpu_supports does not know F16C.
bool widens_float16() {
  unsigned a = 0, b = 0, c = 0, d = 0;
  return __get_cpuid(1, &a, &b, &c, &d) != 0 && (c & bit_F16C) != 0;
}

// AVX-VNNI: leaf 7.1, EAX bit 4. Clang 14 does not know it either.
bool multiplies_int8_in_avx2() {
  unsigned a = 0, b = 0, c = 0, d = 0;
  return __get_cpuid_count(7, 1, &a, &b, &c, &d) != 0 && (a & (1u << 4)) != 0;
}
#endif

}  // namespace

bool has(Isa isa) {
  if (isa == Isa::portable) return true;
#if defined(__x86_64__)
  if (isa == Isa::neon || isa == Isa::simd128) return false;
  // The compiler's run-time library asks CPUID what the CPU has and XGETBV whether the system saves the wide registers.
  if (isa == Isa::avx2) return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && widens_float16();
  if (isa == Isa::avx512_bf16) return has(Isa::avx512) && __builtin_cpu_supports("avx512bf16");
  return has(Isa::avx2) && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
#elif defined(__aarch64__)
  return isa == Isa::neon;
#elif defined(__wasm_simd128__)
  return isa == Isa::simd128;  // an engine that lacks them refuses the whole module
#else
  return false;
#endif
}

bool has_int8_instructions(Isa isa) {
#if defined(__x86_64__)
  if (isa == Isa::avx2) return has(isa) && multiplies_int8_in_avx2();
  return (isa == Isa::avx512 || isa == Isa::avx512_bf16) && __builtin_cpu_supports("avx512vnni");
#else
  (void)isa;
  return false;
#endif
}

}  // namespace mini_bert
