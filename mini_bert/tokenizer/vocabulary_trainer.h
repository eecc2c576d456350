#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "mini_bert/tokenizer/vocabulary.h"
#include "mini_bert/tokenizer/word_counter.h"

namespace mini_bert {

// Defaults as BertWordPieceTokenizer.train of the `tokenizers` package.
struct VocabularyTrainerOptions {
  int32_t size = 30000;        // tokens wanted; fewer come out of a small text, more if the characters alone are more
  uint64_t min_frequency = 2;  // pairs seen less often are not joined
  int32_t limit_alphabet = 1000;  // characters kept, the most frequent ones; the others become [UNK]
  std::vector<std::string> special_tokens = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"};
  std::string continuing_subword_prefix = "##";
};

// Learns a WordPiece vocabulary: special tokens first, then the characters by code point, then every character that
// continues a word as "##x", then joined pieces. Starting from single characters, the pair of neighbouring pieces that
// occurs most often in the text is joined everywhere and becomes a token, until there are `size` tokens or the best
// pair is rarer than min_frequency (byte-pair encoding on "##" pieces: Sennrich et al. 2016, arXiv:1508.07909 §3.2;
// the likelihood score of Schuster and Nakajima 2012 is not used by the `tokenizers` package either).
//
// Deterministic: of equally frequent pairs the one with the smaller ids is joined first, of equally frequent
// characters at the limit the smaller code point stays. Time grows with the pieces touched by joins, not with the
// text: pair counts are kept up to date and a heap finds the best. Throws TokenizerError for sizes out of range.
Vocabulary train_vocabulary(const WordCounter::Counts& words, const VocabularyTrainerOptions& options = {});

// The same from lines: `next_line` gives the next one and returns false at the end.
Vocabulary train_vocabulary(const std::function<bool(std::string&)>& next_line,
                            const VocabularyTrainerOptions& options = {}, const NormalizerOptions& normalizer = {});

}  // namespace mini_bert
