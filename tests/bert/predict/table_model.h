#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "mini_bert/bert/model/bert.h"
#include "tests/bert/bert_testing.h"

// Models whose answers can be calculated by hand: the hidden state of a token depends only on the token, and its scores
// are a row of a table.
namespace mini_bert::test {

constexpr Index table_width = 24;  // H, more than the 23 tokens of tiny_tokenizer()

inline BertConfig table_config(const std::vector<std::string>& labels = {}) {
  BertConfig config = tiny_config();
  config.hidden_size = table_width;
  config.labels = labels;
  return config;
}

inline Tensor parameter_of(const Module& module, const std::string& name) {
  for (const Parameter& parameter : module.parameters()) {
    if (checkpoint_name(parameter) == name) return parameter.value();
  }
  fail("test: no parameter {}", name);
}

// The hidden state of token i is LayerNorm of a vector with a 1 at position i: 1/σ − 1/(Hσ) at i and −1/(Hσ) elsewhere,
// with σ² = 1/H − 1/H². Every further LayerNorm leaves it unchanged, and attention and feed-forward add nothing.
inline double table_scale() {
  const double width = table_width;
  return 1 / std::sqrt(1 / width - 1 / (width * width));
}

inline std::vector<double> hidden_of(std::int32_t token) {
  std::vector<double> hidden(table_width, -table_scale() / table_width);
  hidden[static_cast<std::size_t>(token)] += table_scale();
  return hidden;
}

inline void make_one_hot(const Module& model) {
  for (const Parameter& parameter : model.parameters()) {
    Tensor value = parameter.value();
    value.fill(parameter.role == Role::scale ? 1 : 0);
  }
  Tensor words = parameter_of(model, "bert.embeddings.word_embeddings.weight");
  for (Index i = 0; i < words.rows(); ++i) words.data<float>()[i * table_width + i] = 1;
}

// Sets the linear layer `head` so that the scores of token i are table[i]. The scores of a token without a row are 0.
inline void make_table(const Module& model, const std::string& head,
                       const std::vector<std::pair<std::int32_t, std::vector<double>>>& table) {
  make_one_hot(model);
  Tensor weight = parameter_of(model, head + ".weight"), bias = parameter_of(model, head + ".bias");
  for (const auto& [token, scores] : table) {
    for (std::size_t c = 0; c < scores.size(); ++c) {
      const auto column = static_cast<Index>(c);
      weight.data<float>()[column * table_width + token] = static_cast<float>(scores[c] / table_scale());
      bias.data<float>()[column] += static_cast<float>(scores[c] / table_width);
    }
  }
}

}  // namespace mini_bert::test
