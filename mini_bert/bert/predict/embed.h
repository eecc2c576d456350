#pragma once

#include <span>
#include <string>
#include <vector>

#include "mini_bert/bert/model/heads.h"
#include "mini_bert/tokenizer/tokenizer.h"

namespace mini_bert {

// How the vectors of a text's tokens become one vector.
//   mean    the mean over all tokens, [CLS] and [SEP] included (Reimers & Gurevych 2019, arXiv:1908.10084 §3)
//   cls     the vector of [CLS]
//   pooler  BERT's pooler, applied to the vector of [CLS]
enum class TextPooling { mean, cls, pooler };

struct EmbedOptions {
  TextPooling pooling = TextPooling::mean;
  bool normalize = false;  // scale each vector to length 1, so that a dot product is a cosine
  // The number of tokens of a text that are read. 0, or more than the model has positions: as many as it has positions.
  Index max_length = 0;
};

// A vector of H numbers for each text. Texts with more tokens than are read are cut.
std::vector<std::vector<float>> embed(const BertPreTrainedModel& model, const Tokenizer& tokenizer,
                                      std::span<const std::string> texts, const EmbedOptions& options = {});

}  // namespace mini_bert
