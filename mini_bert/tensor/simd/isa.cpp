#include "mini_bert/tensor/simd/isa.h"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "mini_bert/base/error.h"

namespace mini_bert {
namespace {

constexpr std::array sets = {Isa::portable, Isa::neon, Isa::simd128, Isa::avx2, Isa::avx512, Isa::avx512_bf16};

}  // namespace

std::string_view name_of(Isa isa) {
  switch (isa) {
    case Isa::neon:
      return "neon";
    case Isa::simd128:
      return "simd128";
    case Isa::avx2:
      return "avx2";
    case Isa::avx512:
      return "avx512";
    case Isa::avx512_bf16:
      return "avx512_bf16";
    default:
      return "portable";
  }
}

Isa choose_isa(std::string_view requested) {
  if (requested.empty()) return *std::ranges::find_if(sets.rbegin(), sets.rend(), has);
  const auto named = std::ranges::find(sets, requested, [](Isa isa) { return name_of(isa); });
  require(named != sets.end(), "MINI_BERT_ISA must be portable, neon, simd128, avx2, avx512 or avx512_bf16, got \"{}\"",
          requested);
  require(has(*named), "MINI_BERT_ISA asks for {}, which this CPU lacks; unset it to use {}", requested,
          name_of(choose_isa("")));
  return *named;
}

Isa isa() {
  static const Isa chosen = [] {
    const char* const requested = std::getenv("MINI_BERT_ISA");
    return choose_isa(requested == nullptr ? "" : requested);
  }();
  return chosen;
}

}  // namespace mini_bert
