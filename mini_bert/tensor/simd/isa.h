#pragma once

#include <string_view>

namespace mini_bert {

// The instruction sets that kernels are written for: NEON is that of 64-bit ARM, the others those of x86, each
// including those before it. `portable` is the definition of an operation as Eigen expressions, which any CPU runs.
enum class Isa { portable, neon, avx2, avx512, avx512_bf16 };

std::string_view name_of(Isa isa);

// The best set this CPU has, found once; MINI_BERT_ISA=portable|neon|avx2|avx512|avx512_bf16 asks for a lower one.
// Error when the variable names no set, or one that this CPU lacks.
Isa isa();

// Whether this CPU and its operating system can run a set.
bool has(Isa isa);

// What isa() would answer had MINI_BERT_ISA the value `requested`; empty is as if it were not set.
Isa choose_isa(std::string_view requested);

}  // namespace mini_bert
