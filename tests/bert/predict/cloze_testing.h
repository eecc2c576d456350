#pragma once

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "mini_bert/autograd/tape.h"
#include "tests/bert/bert_testing.h"
#include "tests/catch.h"

// A small masked language model, and reference versions of its predictions that compute one text and one token at a
// time.
namespace mini_bert::test {

using Ids = std::vector<std::int32_t>;

struct TinyCloze {
  explicit TinyCloze(std::uint64_t seed = 1) { randomize(model, seed); }
  Tokenizer tokenizer = tiny_tokenizer();
  BertForMaskedLM model{tiny_config(0.5)};

  // log p of every token of the vocabulary at token `row`.
  std::vector<double> log_probabilities(const Ids& ids, std::int32_t row) const {
    auto [entry, is_new] = known_.try_emplace({ids, row});
    if (!is_new) return entry->second;
    const NoGrad no_grad;
    Mode mode = Mode::inference();
    const std::vector<Sequence> sequences = {{ids, Ids(ids.size(), 0)}};
    const Tensor logits = model.logits(pack(sequences), Tensor::from(Ids{row}), mode).value();
    double sum = 0;
    for (const float z : logits.values<float>()) sum += std::exp(static_cast<double>(z));
    for (const float z : logits.values<float>()) entry->second.push_back(z - std::log(sum));
    return entry->second;
  }

  // The blank whose best token has the highest probability; of equal blanks, the first.
  std::int32_t surest(const Ids& ids, const Ids& open) const {
    std::int32_t best = open.front();
    for (const std::int32_t row : open) {
      if (std::ranges::max(log_probabilities(ids, row)) > std::ranges::max(log_probabilities(ids, best))) best = row;
    }
    return best;
  }

  // log p of `tokens` at the positions `open` of a text. The order in which they are filled is that of surest().
  double chain(Ids ids, Ids open, const Ids& tokens) const {
    std::map<std::int32_t, std::int32_t> token_at;
    for (std::size_t i = 0; i < open.size(); ++i) token_at[open[i]] = tokens[i];
    double sum = 0;
    while (!open.empty()) {
      const std::int32_t row = surest(ids, open);
      sum += log_probabilities(ids, row)[static_cast<std::size_t>(token_at[row])];
      ids[static_cast<std::size_t>(row)] = token_at[row];
      std::erase(open, row);
    }
    return sum;
  }

 private:
  mutable std::map<std::pair<Ids, std::int32_t>, std::vector<double>> known_;
};

}  // namespace mini_bert::test
