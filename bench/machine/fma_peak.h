#pragma once

#include "mini_bert/tensor/dtype.h"
#include "mini_bert/tensor/simd/isa.h"

namespace mini_bert::bench {

// The highest FLOP/s that `threads` threads reach with fused multiply-adds of one instruction set on registers only;
// the best of several runs of about 30 ms. No program that uses this instruction set on this machine is faster. The
// numbers are f32, except for avx512_bf16, which uses bfloat16 pairs. `portable` is what the compiler makes of a plain
// loop for any CPU.
double fma_peak(Isa isa, int threads);

// The peak of the instructions that this process uses for products of f32 or bf16.
double product_peak(DType dtype, int threads);

// The operations/s of the instruction that multiplies int8 (VNNI), measured as above; a multiplication and an addition
// are two. NaN if this process does not use it.
double int8_peak(int threads);

}  // namespace mini_bert::bench
