#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mini_bert/bert/model/bert.h"
#include "mini_bert/bert/training/guard.h"

namespace mini_bert {

// A text with a blank that a run asks again and again, and perhaps the right answer.
struct Probe {
  std::string text;    // "麦穗音箱是[MASK]色的。"
  std::string answer;  // "橙"; empty: nobody says what is right
  Guard right;         // the right tokens in their places; empty without an answer
};

// Reads a probe as a person writes it: a text, and after the last "=" (or "＝") that is behind the last [MASK] the
// right answer, with one token for each [MASK]. "1+1=[MASK]" has no answer. Error when no [MASK] is left within
// `max_length` tokens, when the answer has another number of tokens than the text has blanks, or when the vocabulary
// does not know it.
Probe read_probe(std::string_view line, const Tokenizer& tokenizer, Index max_length);

// Asks a model. The row's step is 0.
ProbeRow ask_probe(const Probe& probe, const BertForMaskedLM& model, const Tokenizer& tokenizer);

}  // namespace mini_bert
