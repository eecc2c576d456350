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

// Which tokens are drawn together, and which are always guessed. By default each token is drawn on its own.
struct MaskingRules {
  // If set, words are drawn instead of tokens. A sequence is cut from left to right: each word is the longest word of
  // the list that begins where the previous word ended. The pieces of a word that the tokenizer split ("##x") always
  // stay together. Every other token is a word of its own. The list may be empty.
  std::optional<WordList> whole_words = std::nullopt;

  // The model must guess every occurrence of these words.
  WordList always = {};

  // Spans of 1 to `ngram` consecutive words are drawn; of consecutive tokens if whole_words is not set.
  Index ngram = 1;

  // The settings that a resumed run must share. A rule that is not used adds none.
  RunIdentity identity() const;
};

// Counts, over some sequences, the tokens that the model may guess and those that it always guesses.
struct MaskingCensus {
  Index candidates = 0;      // tokens that may be guessed
  Index in_words = 0;        // candidates in words of two or more tokens
  Index always_by_data = 0;  // candidates that are always guessed because the data say so
  Index always_by_word = 0;  // candidates that are always guessed because they belong to a word in MaskingRules::always
  Index silent = 0;          // sequences in which nothing is ever guessed
};

// Chooses the tokens that a model must guess. Devlin et al. 2019, arXiv:1810.04805 §3.1: each token that is not special
// is chosen with probability p. Of the chosen tokens, 80 % become [MASK], 10 % become a random token of the vocabulary,
// and 10 % stay. If the draw chooses no token of a sentence, one token is chosen anyway, as in Google's original and
// unlike transformers. A sentence without a chosen token would cost a pass and teach nothing, and a batch of only these
// sentences would have no loss.
//
// With MaskingRules, each word or span is chosen as a whole, and each token is still chosen with probability p. The 80,
// 10 and 10 % are drawn for each of its tokens. Cui et al. 2019, arXiv:1906.08101 (whole words); Cui et al. 2020,
// arXiv:2004.13922 (spans). A span has n = 1 … N words with probability 2·(N+1−n) / (N·(N+1)): 40, 30, 20 and 10 % for
// N = 4. No word or span extends across a token that is always or never guessed. docs/masking.md derives the rest.
class Masker {
 public:
  Masker(const Tokenizer& tokenizer, double probability, MaskingRules rules = {});

  // Masks each sequence. Sequence i draws only from keys[i], so its masks do not depend on the rest of the batch.
  MaskedBatch mask(std::vector<Sequence> sequences, std::span<const RandomKey> keys) const;

  // The same with the key (seed, step, i) for sequence i: a loop that counts its steps gets other masks in each.
  MaskedBatch mask(std::vector<Sequence> sequences, std::uint64_t seed, std::uint32_t step) const;

  MaskingCensus census(std::span<const Sequence> sequences) const;

  // The probability and the rules, which a resumed run must share.
  RunIdentity identity() const;

 private:
  // Tokens begin … end−1, which are chosen together or not at all.
  struct Unit {
    std::size_t begin, end;
  };
  using Run = std::vector<Unit>;  // adjacent units; a span may cover several of them

  std::vector<MaskRule> rules_for(const Sequence& sequence) const;
  std::vector<Run> runs(const Sequence& sequence, std::span<const MaskRule> rules) const;
  std::vector<Unit> draw_units(std::span<const Run> runs, RandomSequence& random) const;
  std::vector<Unit> draw_spans(std::span<const Run> runs, RandomSequence& random) const;
  std::vector<std::size_t> choose(const Sequence& sequence, RandomSequence& random) const;
  bool continues_word(const Sequence& sequence, std::size_t i) const;

  const Tokenizer& tokenizer_;
  double probability_;
  MaskingRules rules_;
  std::vector<bool> is_continuation_;  // for each id: whether its token continues a word ("##x")
};

}  // namespace mini_bert
