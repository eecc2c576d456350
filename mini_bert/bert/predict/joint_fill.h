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
  std::vector<std::string> token_strs;  // the same as text
  double log_probability;               // log p of all of them together
  std::string sequence;                 // the text with them

  double score() const;                      // p
  double log_probability_per_token() const;  // log p / number of blanks
};

struct JointFillOptions {
  Index top_k = 5;
  Index beam = 8;                             // hypotheses kept after every token; top_k if that is more
  std::vector<std::int32_t> candidates = {};  // only these tokens; none: the whole vocabulary
  Index max_blank_length = 4;                 // tokens that a [MASK]* stands for at most
};

// The best answers to all [MASK] of a text together, best first.
//
// The blanks are filled one after the other, the text being read anew after each. Which comes next is decided by what
// stands there so far: the blank whose best token has the highest probability (of equal ones the first). With a_1 … a_n
// the tokens in the order in which they were filled,
//   log p = Σ_i log p(a_i | text with a_1 … a_{i−1} filled in and the other blanks blank)
// Since the order is a function of what has been filled, p sums to 1 over all ways to fill the n blanks. Of these a
// beam search finds the best: all of them are looked at when it is as wide as V^(n−1).
//
// One blank may be written [MASK]*: then 1 … max_blank_length tokens are tried in its place. Answers are ordered by
// log p / n, which for one n is the order of p. All hypotheses of a step share their passes. A text longer than the
// model reads is cut at its end. Error when no [MASK] is left, or when there are several [MASK]*.
std::vector<JointAnswer> joint_fill(const BertForMaskedLM& model, const Tokenizer& tokenizer, std::string_view text,
                                    const JointFillOptions& options = {});

}  // namespace mini_bert
