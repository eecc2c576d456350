#pragma once

#include <span>
#include <string>
#include <vector>

#include "mini_bert/bert/model/heads.h"
#include "mini_bert/tokenizer/tokenizer.h"

namespace mini_bert {

// How the vectors of a text's tokens, [CLS] and [SEP] included, become one: their mean (Reimers & Gurevych 2019,
// arXiv:1908.10084 §3), that of [CLS], or BERT's pooler on top of that.
enum class TextPooling { mean, cls, pooler };

struct EmbedOptions {
  TextPooling pooling = TextPooling::mean;
  bool normalize = false;  // to length 1, so that a dot product is a cosine
  Index max_length = 0;    // tokens of a text that are read; 0, or more than the model has positions: as many as it has
};

// A vector of H numbers for each text. Texts longer than that are cut.
std::vector<std::vector<float>> embed(const BertPreTrainedModel& model, const Tokenizer& tokenizer,
                                      std::span<const std::string> texts, const EmbedOptions& options = {});

}  // namespace mini_bert
