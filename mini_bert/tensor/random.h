#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "mini_bert/tensor/shape.h"
#include "mini_bert/tensor/tensor.h"

namespace mini_bert {

// Names one stream of random numbers. Element i of a stream is a pure function of (key, i). So a dropout mask need not
// be stored, does not depend on the number of threads, and is the same after a resume.
struct RandomKey {
  std::uint64_t seed = 0;
  std::uint32_t step = 0;    // changes with time: the training step, the epoch
  std::uint32_t stream = 0;  // distinguishes the users of random numbers: a dropout layer, a sample
};

// Derives a separate seed for each purpose ("order", "masks", "dropout", …) from the user's seed, so that no two
// purposes read the same stream: the seed XOR the 64-bit FNV-1a hash of the purpose's name.
std::uint64_t seed_for(std::uint64_t seed, std::string_view use);

// Philox 4x32 with 10 rounds: four random words for a counter. Salmon et al. 2011, "Parallel Random Numbers: As Easy
// as 1, 2, 3", SC'11. The 128-bit counter is (index, step, stream), the 64-bit key the seed.
std::array<std::uint32_t, 4> philox(const RandomKey& key, std::uint64_t index);

// Element i of the stream as a number in [0, 1) with 24 random bits.
inline float uniform_from_bits(std::uint32_t bits) {
  return static_cast<float>(bits >> 8) * 0x1.0p-24f;
}
inline float uniform(const RandomKey& key, std::uint64_t i) {
  return uniform_from_bits(philox(key, i / 4)[i % 4]);
}

// Reads a stream from its beginning, one draw after the other.
class RandomSequence {
 public:
  explicit RandomSequence(const RandomKey& key) : key_(key) {}

  std::uint32_t next();
  float uniform() { return uniform_from_bits(next()); }  // in [0, 1)
  std::uint32_t below(std::uint32_t limit);              // in [0, limit), every value equally likely
  double normal();                                       // mean 0, variance 1 (Box and Muller 1958)

 private:
  RandomKey key_;
  std::uint64_t index_ = 0;
  int used_ = 4;
  std::array<std::uint32_t, 4> words_{};
};

// Fills x (f32 or f64) with draws from a normal distribution.
void fill_normal(Tensor& x, double mean, double deviation, const RandomKey& key);

// 0, 1, …, n-1 in random order (Fisher and Yates).
std::vector<Index> random_permutation(Index n, const RandomKey& key);

}  // namespace mini_bert
