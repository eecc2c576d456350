#pragma once

#include <type_traits>

#include "mini_bert/tensor/dtype.h"
#include "mini_bert/tensor/shape.h"

// The contents of the 32-bit words in the panels of a product. <F> is a register of words.
namespace mini_bert::simd {

// Rounds x to the nearest bfloat16, ties to even. x + x leaves infinity and NaN unchanged.
template <class F>
F rounded_to_bf16(F x) {
  using Bits = typename F::Bits;
  const Bits word = bits(x), upper_half(0xffff0000u);
  const Bits rounded = word + Bits(0x7fffu) + ((word >> 16) & Bits(1u));
  return select(abs(x) < F(__builtin_inff()), from_bits(rounded & upper_half), from_bits(bits(x + x) & upper_half));
}

// Each word is a float.
template <class F>
struct F32Words {
  using Product = F32Words;  // which words' products the tiles compute
  using Number = float;      // what a word consists of
  static constexpr Index terms = 1;
  template <class T>
  static F word(F x) {
    return x;
  }
  static F multiply_add(F a, F b, F sum) { return fma(a, b, sum); }
};

// Each word is a float with the value of a bfloat16, for CPUs that multiply only floats. <T> is the type of stored x.
template <class F>
struct RoundedWords : F32Words<F> {
  template <class T>
  static F word(F x) {
    return std::is_same_v<T, BFloat16> ? x : rounded_to_bf16(x);
  }
};

// Each word is two bfloat16 with the first in the lower half. The instruction set defines dot_pairs(a, b, sum), which
// adds both products, and two functions that round to the nearest bfloat16, ties to even: rounded_pairs(first, second)
// has in lane i the pair of first_i and second_i, rounded_row(first, second) has the lanes of `first` and then those of
// `second`.
template <class F>
struct PairWords {
  using Product = PairWords;
  using Number = BFloat16;
  static constexpr Index terms = 2;
  template <class T>
  static F word(F first, F second) {
    if constexpr (!std::is_same_v<T, BFloat16>) return rounded_pairs(first, second);
    return from_bits((bits(first) >> 16) | bits(second));
  }
  static F row(F first, F second) { return rounded_row(first, second); }
  static F multiply_add(F a, F b, F sum) { return dot_pairs(a, b, sum); }
};

// How many words hold so many terms of a sum.
template <class Words>
constexpr Index words_of(Index terms) {
  return (terms + Words::terms - 1) / Words::terms;
}

}  // namespace mini_bert::simd
