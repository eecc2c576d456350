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
  int32_t size = 30000;           // tokens to learn; a small text gives fewer, a text of more characters gives more
  uint64_t min_frequency = 2;     // pairs seen less often are not joined
  int32_t limit_alphabet = 1000;  // characters kept, the most frequent ones; the others become [UNK]
  std::vector<std::string> special_tokens = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"};
  std::string continuing_subword_prefix = "##";
};

// Learns a WordPiece vocabulary. Special tokens come first, then characters by code point, then "##x" for every
// character that continues a word, then joined pieces. Training starts from single characters. It joins the most
// frequent pair of neighbouring pieces everywhere, which makes a new token, and repeats that until there are `size`
// tokens or the most frequent pair is rarer than min_frequency. That is byte-pair encoding on "##" pieces (Sennrich et
// al. 2016, arXiv:1508.07909 §3.2), as in the `tokenizers` package, which does not use the likelihood score of Schuster
// and Nakajima 2012 either.
//
// Deterministic: of equally frequent pairs, the one with the smaller ids is joined first; of equally frequent
// characters at the limit, the smaller code point stays. A heap finds the best pair, and joins keep the pair counts up
// to date, so time grows with the pieces that joins touch, not with the text. Error for sizes out of range.
Vocabulary train_vocabulary(const WordCounter::Counts& words, const VocabularyTrainerOptions& options = {});

// Learns from lines. `next_line` reads the next line and returns false at the end.
Vocabulary train_vocabulary(const std::function<bool(std::string&)>& next_line,
                            const VocabularyTrainerOptions& options = {}, const NormalizerOptions& normalizer = {});

}  // namespace mini_bert
