#pragma once

#include <span>
#include <string>
#include <vector>

#include "mini_bert/bert/model/heads.h"
#include "mini_bert/tokenizer/tokenizer.h"

namespace mini_bert {

struct TextPair {
  std::string text;
  std::string pair;  // empty: there is none
};

struct LabelScore {
  std::string label;
  double score;
};

// What a classifier says about each text, best first, as transformers' text-classification pipeline scores it: softmax
// over the labels; with several labels per text, or one label, the probability σ(z) of each; the number itself for
// regression. Texts longer than the model reads are cut.
std::vector<std::vector<LabelScore>> classify(const BertForSequenceClassification& model, const Tokenizer& tokenizer,
                                              std::span<const TextPair> texts);

}  // namespace mini_bert
