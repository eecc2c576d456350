#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mini_bert/bert/model/bert.h"
#include "mini_bert/tokenizer/tokenizer.h"

namespace mini_bert {

// One answer for one [MASK], as transformers' fill-mask pipeline gives it.
struct FillMaskAnswer {
  double score;           // probability, softmax over the whole vocabulary
  std::int32_t token;     // its id
  std::string token_str;  // the token as text
  std::string sequence;   // the text with the blank filled; [CLS], [SEP] and other blanks show if there are several
};

struct FillMaskOptions {
  Index top_k = 5;
  std::vector<std::string> targets = {};  // only these tokens; scores are not renormalised
};

// The best answers for each [MASK] of a text, best first; every blank on its own, the others staying blank. A text
// longer than the model reads is cut at its end. Error when no [MASK] is left in it, or when a target is not one token
// of the vocabulary.
std::vector<std::vector<FillMaskAnswer>> fill_mask(const BertForMaskedLM& model, const Tokenizer& tokenizer,
                                                   std::string_view text, const FillMaskOptions& options = {});

}  // namespace mini_bert
