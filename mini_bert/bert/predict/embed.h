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
  std::string prompt = {};       // is put in front of each text
  bool pools_prompt = true;      // whether the mean counts the tokens of the prompt; without it, [CLS] counts as prompt
  bool normalize = false;        // scale each vector to length 1, so that a dot product is a cosine
  Index dimensions = 0;          // keep the first numbers of each vector (Matryoshka); 0: all of them
  bool normalize_again = false;  // scale to length 1 once more, after numbers were left out
  // The number of tokens of a text that are read, at most as many as the model has positions. 0: longest_sequence().
  Index max_length = 0;
};

// A vector of H numbers for each text. Texts with more tokens than are read are cut.
std::vector<std::vector<float>> embed(const BertPreTrainedModel& model, const Tokenizer& tokenizer,
                                      std::span<const std::string> texts, const EmbedOptions& options = {});

}  // namespace mini_bert
