#pragma once

#include "mini_bert/tensor/dtype.h"
#include "mini_bert/tensor/simd/isa.h"

namespace mini_bert::bench {

// The most FLOP/s that `threads` threads reach with fused multiply-adds of one instruction set on registers alone: no
// program that uses this set on this machine is faster. The best of several runs of about 30 ms. They are of f32, those
// of avx512_bf16 of bfloat16 pairs; `portable` is what the compiler makes of a plain loop for any CPU.
double fma_peak(Isa isa, int threads);

// That of the instructions that products of f32 or bf16 use in this process.
double product_peak(DType dtype, int threads);

}  // namespace mini_bert::bench
