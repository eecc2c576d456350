#include "mini_bert/tensor/simd/isa.h"

#include "mini_bert/base/error.h"
#include "tests/catch.h"

namespace mini_bert {
namespace {

TEST_CASE("an instruction set is chosen by name, or is the best this CPU has", "[isa]") {
  const Isa best = choose_isa("");
  CHECK(has(best));
  for (const Isa set : {Isa::portable, Isa::neon, Isa::simd128, Isa::avx2, Isa::avx512, Isa::avx512_bf16}) {
    const std::string name(name_of(set));
    CAPTURE(name);
    if (has(set)) {
      CHECK(choose_isa(name) == set);
      CHECK(set <= best);
    } else {
      CHECK_THROWS_WITH(choose_isa(name), ContainsSubstring("asks for " + name + ", which this CPU lacks"));
    }
  }
  CHECK_THROWS_WITH(choose_isa("sse"),
                    ContainsSubstring("portable, neon, simd128, avx2, avx512 or avx512_bf16, got \"sse\""));
}

}  // namespace
}  // namespace mini_bert
