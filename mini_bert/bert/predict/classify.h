#pragma once

#include <span>
#include <string>
#include <vector>

#include "mini_bert/bert/model/heads.h"
#include "mini_bert/tokenizer/tokenizer.h"

namespace mini_bert {

struct TextPair {
  std::string text;
  std::string pair;  // empty: no second text
};

struct LabelScore {
  std::string label;
  double score;
};

// The labels of each text with their scores, best first, as in transformers' text-classification pipeline. The scores
// are the softmax over the labels. If a text may have several labels, or if there is only one label, the score of each
// label is the probability σ(z). In regression the score is the predicted number. Texts longer than the model reads are
// cut.
std::vector<std::vector<LabelScore>> classify(const BertForSequenceClassification& model, const Tokenizer& tokenizer,
                                              std::span<const TextPair> texts);

}  // namespace mini_bert
