#pragma once

#include <span>
#include <string>
#include <vector>

#include "mini_bert/bert/model/bert.h"
#include "mini_bert/tokenizer/tokenizer.h"

namespace mini_bert {

// How likely a masked language model finds a text.
struct TextScore {
  double score =
      0;  // Σ log p(token | all others): each token is masked once. Salazar et al. 2020, arXiv:1910.14659 §2.
  Index tokens = 0;  // how many were masked: all but [CLS], [SEP] and other special ones
  std::vector<std::string> token_texts;
  std::vector<double> token_scores;  // log p of each

  double perplexity() const;  // exp(−score / tokens)
};

// Texts longer than the model reads are cut. Costs a forward pass of the text for each of its tokens.
std::vector<TextScore> score(const BertForMaskedLM& model, const Tokenizer& tokenizer,
                             std::span<const std::string> texts);

}  // namespace mini_bert
