#pragma once

#include <span>
#include <string>
#include <vector>

#include "mini_bert/bert/model/bert.h"
#include "mini_bert/tokenizer/tokenizer.h"

namespace mini_bert {

// The pseudo-log-likelihood of a text under a masked language model.
struct TextScore {
  // Σ log p(token | all other tokens); each token is masked once. Salazar et al. 2020, arXiv:1910.14659 §2.
  double score = 0;
  Index tokens = 0;  // number of masked tokens: all except [CLS], [SEP] and other special tokens; [UNK] is masked
  std::vector<std::string> token_texts;
  std::vector<double> token_scores;  // log p of each token

  double perplexity() const;  // exp(−score / tokens)
};

// Scores texts. Texts longer than the model reads are cut. A text of n masked tokens costs n forward passes of its
// length.
std::vector<TextScore> score(const BertForMaskedLM& model, const Tokenizer& tokenizer,
                             std::span<const std::string> texts);

}  // namespace mini_bert
