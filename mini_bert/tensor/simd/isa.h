#pragma once

#include <string_view>

namespace mini_bert {

// The instruction sets that kernels are written for. NEON belongs to 64-bit ARM, simd128 to WebAssembly. The others
// belong to x86, and each includes those before it. `portable` means the definitions of the operations in Eigen, which
// run on any CPU.
enum class Isa { portable, neon, simd128, avx2, avx512, avx512_bf16 };

std::string_view name_of(Isa isa);

// The best set that this CPU has; the answer is computed once. The variable
// MINI_BERT_ISA=portable|neon|simd128|avx2|avx512|avx512_bf16 asks for a lower set. Error if it names no set, or a set
// that this CPU lacks.
Isa isa();

// Whether this CPU and its operating system can run a set.
bool has(Isa isa);

// Whether this CPU has an instruction that multiplies and adds int8 (VNNI), in the registers of this set.
bool has_int8_instructions(Isa isa);

// What isa() returns if MINI_BERT_ISA has the value `requested`; an empty value means that it is not set.
Isa choose_isa(std::string_view requested);

}  // namespace mini_bert
