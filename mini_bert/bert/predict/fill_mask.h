#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mini_bert/bert/model/bert.h"
#include "mini_bert/tokenizer/tokenizer.h"

namespace mini_bert {

// One answer for one [MASK]. The fields are those of transformers' fill-mask pipeline.
struct FillMaskAnswer {
  double score;           // probability, softmax over the whole vocabulary
  std::int32_t token;     // id of the token
  std::string token_str;  // the token as text
  // The text with the blank filled. If there are several blanks, it shows [CLS], [SEP] and the other blanks.
  std::string sequence;
};

struct FillMaskOptions {
  Index top_k = 5;
  // Only these tokens are answers; empty: all tokens. The scores are not renormalised.
  std::vector<std::string> targets = {};
};

// The best answers for each [MASK] of a text, best first. Each blank is filled on its own while the others stay blank.
// A text longer than the model reads is cut at its end. Throws Error when no [MASK] is left in the text, and when a
// target is not one token of the vocabulary.
std::vector<std::vector<FillMaskAnswer>> fill_mask(const BertForMaskedLM& model, const Tokenizer& tokenizer,
                                                   std::string_view text, const FillMaskOptions& options = {});

}  // namespace mini_bert
