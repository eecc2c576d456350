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
  double log_probability;        // that of joint_fill(): the k blanks filled one after the other
  double pseudo_log_likelihood;  // Σ log p(token | text and the other k−1 tokens)
  std::string sequence;          // the text with the word; [CLS], [SEP] and other blanks show if there are several

  double score() const;                      // exp(log_probability)
  double log_probability_per_token() const;  // log_probability / k
};

// A word that is to be tried.
struct Target {
  std::string text;
  std::vector<std::int32_t> tokens;  // one if the vocabulary has it as it is written, else those it is split into
};

// Words as targets; one that reads as the same tokens as an earlier one is left out. Error for a word that is empty,
// that the vocabulary has no tokens for or that holds a special token.
std::vector<Target> read_targets(const Tokenizer& tokenizer, std::span<const std::string> words);

// The targets in each blank of a text, best first by log_probability_per_token(), so that words of different lengths
// can be compared; each blank on its own, the others staying blank. [MASK]s next to each other, and [MASK]*, are one
// blank, which gets as many [MASK] as a target has tokens.
//
// log_probability is the sum in joint_fill.h for the word's own tokens: the order in which they are filled in does not
// depend on the word, so that all words of k tokens have probabilities that sum to 1, and one of one token has the
// probability that fill_mask() gives it. pseudo_log_likelihood is Salazar et al. 2020, arXiv:1910.14659 §2, over the
// tokens of the word; it is no probability and favours words whose tokens betray each other (Kauf & Ivanova 2023,
// arXiv:2305.10588).
//
// A text is cut at its end so that every target has room. Error when no [MASK] is left in it, or when there
// are no targets.
std::vector<std::vector<TargetAnswer>> score_targets(const BertForMaskedLM& model, const Tokenizer& tokenizer,
                                                     std::string_view text, std::span<const Target> targets,
                                                     Index top_k = 5);

}  // namespace mini_bert
