#pragma once

namespace mini_bert::testing {

// Whether this program computes AVX-512 and NEON by SIMDe (tests/emulated). That is some fifty times slower than the
// instructions, so tests of thousands of cases try fewer.
bool emulated();

}  // namespace mini_bert::testing
