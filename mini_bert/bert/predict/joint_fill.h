#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mini_bert/bert/model/bert.h"
#include "mini_bert/tokenizer/tokenizer.h"

namespace mini_bert {

// One way to fill all blanks of a text.
struct JointAnswer {
  std::vector<std::int32_t> tokens;     // one for each blank, from left to right
  std::vector<std::string> token_strs;  // the tokens as text
  double log_probability;               // log p of all tokens together
  std::string sequence;                 // the text with the blanks filled

  double score() const;                      // p
  double log_probability_per_token() const;  // log p / number of blanks
};

struct JointFillOptions {
  Index top_k = 5;
  Index beam = 8;                             // hypotheses that are kept after each token; at least top_k
  std::vector<std::int32_t> candidates = {};  // only these tokens are tried; empty: the whole vocabulary
  Index max_blank_length = 4;                 // the most tokens that a [MASK]* stands for
};

// The best joint answers to all [MASK] of a text, best first.
//
// The blanks are filled one after another. After each token, the model reads the text again. The next blank is the one
// whose best token has the highest probability; of equal probabilities, the first. Let a_1 … a_n be the tokens in the
// order in which they were filled. Then
//   log p = Σ_i log p(a_i | text with a_1 … a_{i−1} filled in and the other blanks blank)
// The order is a function of the tokens filled so far, so p sums to 1 over all ways to fill the n blanks. A beam search
// looks for the best way. It is exhaustive if the beam has a width of V^(n−1).
//
// One blank may be written [MASK]*. Then 1 … max_blank_length tokens are tried in its place. Answers are ordered by
// (log p)/n; for a fixed n this is the order of p. All hypotheses of a step share their forward passes. A text longer
// than the model reads is cut at its end. Throws Error when no [MASK] is left, and when there are several [MASK]*.
std::vector<JointAnswer> joint_fill(const BertForMaskedLM& model, const Tokenizer& tokenizer, std::string_view text,
                                    const JointFillOptions& options = {});

}  // namespace mini_bert
