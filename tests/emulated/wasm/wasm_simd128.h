#pragma once

// The simd128 intrinsics of mini_bert/tensor/simd on x86: SIMDe computes them, and gives its functions and types
// WebAssembly's names.
#define SIMDE_ENABLE_NATIVE_ALIASES
#include <simde/wasm/simd128.h>
