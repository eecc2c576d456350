#pragma once

#include <cstdint>
#include <cstdlib>

// What scripts/soak.sh changes from round to round: the seeds from which tests draw, and how often they draw. Without
// it a test has its usual seed and count.
namespace mini_bert::test {

inline long soak_number(const char* name, long otherwise) {
  const char* const text = std::getenv(name);
  return text == nullptr ? otherwise : std::atol(text);
}

// MINI_BERT_SOAK_SEED is added.
inline std::uint64_t soak_seed(std::uint64_t usual) {
  return usual + static_cast<std::uint64_t>(soak_number("MINI_BERT_SOAK_SEED", 0));
}

// MINI_BERT_SOAK_FACTOR multiplies.
inline int soak_count(int usual) {
  return usual * static_cast<int>(soak_number("MINI_BERT_SOAK_FACTOR", 1));
}

}  // namespace mini_bert::test
