#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mini_bert/bert/model/bert.h"
#include "mini_bert/tokenizer/tokenizer.h"

namespace mini_bert {

// How well a whole word fits a blank.
struct TargetAnswer {
  std::string target;
  std::vector<std::int32_t> tokens;
  std::vector<std::string> token_strs;
  double log_probability;        // as in joint_fill(): the k blanks are filled one after another
  double pseudo_log_likelihood;  // Σ log p(token | text and the other k−1 tokens)
  // The text with the word. If there are several blanks, it shows [CLS], [SEP] and the other blanks.
  std::string sequence;

  double score() const;                      // exp(log_probability)
  double log_probability_per_token() const;  // log_probability / k
};

// A word to score.
struct Target {
  std::string text;
  std::vector<std::int32_t> tokens;  // one token if the vocabulary has the word as written, otherwise its pieces
};

// Reads words as targets. A word with the same tokens as an earlier one is left out. Throws Error for a word that is
// empty, that the vocabulary has no tokens for, or that holds a special token.
std::vector<Target> read_targets(const Tokenizer& tokenizer, std::span<const std::string> words);

// Scores the targets in each blank of a text. Each blank is filled on its own while the others stay blank. Answers are
// ordered by log_probability_per_token(), best first, so words of different lengths can be compared. Adjacent [MASK]s
// and [MASK]* are one blank, which gets as many [MASK] as a target has tokens.
//
// log_probability is the sum in joint_fill.h for the tokens of the word. The order in which tokens are filled depends
// only on the tokens filled before, so the probabilities of all words of k tokens sum to 1. A word of one token has the
// probability that fill_mask() gives it. pseudo_log_likelihood is that of Salazar et al. 2020, arXiv:1910.14659 §2,
// over the tokens of the word. It is not a probability, and it favours words whose tokens predict each other (Kauf &
// Ivanova 2023, arXiv:2305.10588).
//
// A text is cut at its end so that every target has room. Throws Error when no [MASK] is left in the text, and when
// there are no targets.
std::vector<std::vector<TargetAnswer>> score_targets(const BertForMaskedLM& model, const Tokenizer& tokenizer,
                                                     std::string_view text, std::span<const Target> targets,
                                                     Index top_k = 5);

}  // namespace mini_bert
