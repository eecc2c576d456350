#pragma once

#include <string>
#include <vector>

#include "mini_bert/bert/data/dataset.h"
#include "mini_bert/bert/model/bert.h"
#include "mini_bert/bert/names/name_table.h"
#include "mini_bert/tensor/parallel.h"
#include "mini_bert/tokenizer/tokenizer.h"
#include "tests/nn/nn_testing.h"

namespace mini_bert::test {

// Sets the number of threads while it lives. Models as small as these are fastest with one thread.
class Threads {
 public:
  explicit Threads(int count) : before_(num_threads()) { set_num_threads(count); }
  ~Threads() { set_num_threads(before_); }
  Threads(const Threads&) = delete;

 private:
  int before_;
};

// 23 tokens: the five special ones, sixteen words of one letter, a … p, and two endings.
inline Tokenizer tiny_tokenizer() {
  std::vector<std::string> tokens = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"};
  for (char letter = 'a'; letter <= 'p'; ++letter) tokens.emplace_back(1, letter);
  tokens.insert(tokens.end(), {"##a", "##b"});
  return Tokenizer(Vocabulary(tokens));
}

// The names of parameters in the checkpoints of transformers.
inline std::vector<std::string> names_of(const std::vector<Parameter>& parameters) {
  std::vector<std::string> names;
  for (const Parameter& parameter : parameters) names.push_back(checkpoint_name(parameter));
  return names;
}

// The parameters with a gradient to check. The gradient of a key's bias is exactly 0: the bias adds the same number to
// all scores of a row, which does not change the softmax.
inline std::vector<Parameter> checkable_parameters(const Module& module) {
  std::vector<Parameter> parameters = module.parameters();
  std::erase_if(parameters,
                [](const Parameter& parameter) { return checkpoint_name(parameter).ends_with("self.key.bias"); });
  return parameters;
}

constexpr std::int32_t first_letter = 5;  // the id of "a"

// Two layers. No two sizes are equal.
inline BertConfig tiny_config(double dropout = 0) {
  BertConfig config;
  config.vocab_size = 23;
  config.hidden_size = 12;
  config.num_hidden_layers = 2;
  config.num_attention_heads = 3;
  config.intermediate_size = 20;
  config.max_position_embeddings = 16;
  config.hidden_dropout_prob = dropout;
  config.attention_probs_dropout_prob = dropout;
  config.initializer_range = 0.2;
  return config;
}

// [CLS] … [SEP] with random letters between them. The second half has type 1.
inline Sequence random_sequence(Index length, std::uint64_t seed, std::int32_t vocabulary = 23) {
  RandomSequence random({.seed = seed});
  Sequence sequence;
  for (Index i = 0; i < length; ++i) {
    const auto letter = static_cast<std::int32_t>(random.below(static_cast<std::uint32_t>(vocabulary - first_letter)));
    sequence.ids.push_back(i == 0 ? 2 : i + 1 == length ? 3 : first_letter + letter);
    sequence.type_ids.push_back(2 * i >= length);
  }
  return sequence;
}

// Sentences of the given lengths. The model must guess every third token, unless it is special.
inline MaskedBatch random_batch(const std::vector<Index>& lengths, std::uint64_t seed, std::int32_t vocabulary = 23) {
  std::vector<Sequence> sequences;
  for (const Index length : lengths) sequences.push_back(random_sequence(length, seed++, vocabulary));
  std::vector<std::int32_t> rows, labels;
  std::int32_t row = 0;
  for (Sequence& sequence : sequences) {
    for (std::int32_t& id : sequence.ids) {
      if (row % 3 == 1 && id >= first_letter) {
        rows.push_back(row);
        labels.push_back(id);
        id = 4;  // [MASK]
      }
      ++row;
    }
  }
  return {pack(sequences), Tensor::from(rows), Tensor::from(labels)};
}

inline Dataset dataset_of(const std::vector<std::string>& texts, const Tokenizer& tokenizer, Index max_length = 16) {
  std::vector<Sample> samples;
  for (const std::string& text : texts) samples.push_back({.text = text});
  return make_dataset(samples, tokenizer, max_length, Layout::text_per_sequence);
}

// Rows 0 … n−1.
inline Tensor every_row(const PackedSequences& tokens) {
  std::vector<std::int32_t> rows;
  for (Index t = 0; t < tokens.ids.size(); ++t) rows.push_back(static_cast<std::int32_t>(t));
  return Tensor::from(rows);
}

inline std::vector<std::int32_t> ids_of(const Tensor& x) {
  return {x.values<std::int32_t>().begin(), x.values<std::int32_t>().end()};
}

}  // namespace mini_bert::test
