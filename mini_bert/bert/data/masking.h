#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "mini_bert/bert/data/batch.h"
#include "mini_bert/bert/data/word_list.h"
#include "mini_bert/bert/run_identity.h"
#include "mini_bert/tensor/random.h"
#include "mini_bert/tokenizer/tokenizer.h"

namespace mini_bert {

// What is guessed together, and what is guessed in any case. As it stands: every token on its own, by the dice.
struct MaskingRules {
  // The dice fall on words, not on tokens. A word is the longest of the list that begins where the one before ended;
  // pieces that the tokenizer cut one word into ("##x") are never parted; what is left are words of one token. The list
  // may be empty.
  std::optional<WordList> whole_words = std::nullopt;

  // Every occurrence of these words is guessed.
  WordList always = {};

  // The dice fall on spans of 1 to `ngram` words (tokens without whole_words) in a row.
  Index ngram = 1;

  // The facts that a resumed run must share; a rule that is not used states none.
  RunIdentity identity() const;
};

// What rules make of some sequences.
struct MaskingCensus {
  Index candidates = 0;      // tokens that may be guessed
  Index in_words = 0;        // of them, in words of two tokens or more
  Index always_by_data = 0;  // of them, guessed because the data say so
  Index always_by_word = 0;  // of them, guessed because they are of a word in MaskingRules::always
  Index silent = 0;          // sequences in which nothing is ever guessed
};

// Which tokens a model has to guess. Devlin et al. 2019, arXiv:1810.04805 §3.1: each token that is not special is
// chosen with probability p; of the chosen, 80 % become [MASK], 10 % a random token of the vocabulary, 10 % stay.
// Unlike transformers, a sentence in which the dice choose nothing gets one chosen token, as in Google's original: it
// would be computed and teach nothing, and a batch of such sentences has no loss.
//
// With MaskingRules each word or span is chosen as one, so that each token still is with probability p; 80, 10 and 10 %
// are drawn for each token of it. Cui et al. 2019, arXiv:1906.08101 (whole words); Cui et al. 2020,
// arXiv:2004.13922 (spans). Of n = 1 … N words a span has n with probability 2·(N+1−n) / (N·(N+1)), for N = 4 40,
// 30, 20 and 10 %. Tokens that are always or never guessed part the words around them. docs/masking.md derives the
// rest.
class Masker {
 public:
  Masker(const Tokenizer& tokenizer, double probability, MaskingRules rules = {});

  // Masks each sequence; sequence i draws from keys[i] alone, so its masks do not depend on the batch around it.
  MaskedBatch mask(std::vector<Sequence> sequences, std::span<const RandomKey> keys) const;

  MaskingCensus census(std::span<const Sequence> sequences) const;

  // The probability and the rules, which a resumed run must share.
  RunIdentity identity() const;

 private:
  // Tokens begin … end−1, chosen together or not at all.
  struct Unit {
    std::size_t begin, end;
  };
  using Run = std::vector<Unit>;  // neighbours, so that a span may go from one to the next

  std::vector<MaskRule> rules_for(const Sequence& sequence) const;
  std::vector<Run> runs(const Sequence& sequence, std::span<const MaskRule> rules) const;
  std::vector<Unit> draw_units(std::span<const Run> runs, RandomSequence& random) const;
  std::vector<Unit> draw_spans(std::span<const Run> runs, RandomSequence& random) const;
  std::vector<std::size_t> choose(const Sequence& sequence, RandomSequence& random) const;
  bool continues_word(const Sequence& sequence, std::size_t i) const;

  const Tokenizer& tokenizer_;
  double probability_;
  MaskingRules rules_;
  std::vector<bool> is_continuation_;  // per id: "##x"
};

}  // namespace mini_bert
