#pragma once

#include "tensor/simd/isa.h"

namespace mini_bert::bench {

// The most f32 FLOP/s that `threads` threads reach with fused multiply-adds of one instruction set on registers alone:
// no program that uses this set on this machine is faster. The best of several runs of about 30 ms. `portable` is what
// the compiler makes of a plain loop for any CPU.
double fma_peak(Isa isa, int threads);

}  // namespace mini_bert::bench
