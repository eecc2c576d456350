#pragma once

#include <span>
#include <vector>

#include "bert/data/batch.h"
#include "tensor/random.h"
#include "tokenizer/tokenizer.h"

namespace mini_bert {

// Which tokens a model has to guess. Devlin et al. 2019, arXiv:1810.04805 §3.1: each token that is not special is
// chosen with probability p; of the chosen, 80 % become [MASK], 10 % a random token of the vocabulary, 10 % stay.
// Unlike transformers, a sentence in which the dice choose nothing gets one chosen token, as in Google's original: it
// would be computed and teach nothing, and a batch of such sentences has no loss.
class Masker {
 public:
  Masker(const Tokenizer& tokenizer, double probability);

  // Masks each sequence; sequence i draws from keys[i] alone, so its masks do not depend on the batch around it.
  MaskedBatch mask(std::vector<Sequence> sequences, std::span<const RandomKey> keys) const;

 private:
  std::vector<std::size_t> choose(const Sequence& sequence, RandomSequence& random) const;

  const Tokenizer& tokenizer_;
  double probability_;
};

}  // namespace mini_bert
