#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mini_bert/bert/run_identity.h"
#include "mini_bert/tensor/kernels/activation.h"
#include "mini_bert/tensor/shape.h"

namespace mini_bert {

// What a sequence classifier learns from its labels: a number (or several), one label of many, or any number of labels.
enum class ProblemType { regression, single_label_classification, multi_label_classification };

std::string_view name_of(ProblemType type);

// The size and settings of a BERT: config.json, with the names and defaults of Hugging Face transformers.
struct BertConfig {
  Index vocab_size = 30522;             // V
  Index hidden_size = 768;              // H
  Index num_hidden_layers = 12;         // L
  Index num_attention_heads = 12;       // N, divides H
  Index intermediate_size = 3072;       // F
  Index max_position_embeddings = 512;  // the longest sentence, in tokens
  Index type_vocab_size = 2;            // sentence A, sentence B
  std::optional<Index> pad_token_id = 0;

  std::string hidden_act = "gelu";
  double hidden_dropout_prob = 0.1;
  double attention_probs_dropout_prob = 0.1;
  std::optional<double> classifier_dropout;  // none: hidden_dropout_prob
  double initializer_range = 0.02;           // standard deviation
  double layer_norm_eps = 1e-12;
  bool tie_word_embeddings = true;  // the MLM decoder is the word embedding

  std::vector<std::string> architectures;  // "BertForMaskedLM"
  std::vector<std::string> labels;         // id2label; empty: not stated
  std::optional<std::string> problem_type;

  Index head_size() const { return hidden_size / num_attention_heads; }  // D
  // The function that hidden_act names; names_of() in activation.h lists the names. Error for another name.
  Activation activation() const;

  // What a sequence classifier learns: what problem_type says, else a number if it has one label and one of several
  // labels if it has more, as transformers decides it.
  ProblemType problem() const;

  // How many numbers a head that tells labels apart puts out; 2 when the labels are not stated, as in transformers.
  Index label_count() const { return labels.empty() ? 2 : static_cast<Index>(labels.size()); }
  std::string label(Index id) const;  // "LABEL_0" when not stated
  double classifier_dropout_prob() const { return classifier_dropout.value_or(hidden_dropout_prob); }

  // The number of weights of embeddings, encoder and pooler, without heads: 109,482,240 for bert-base-uncased.
  double parameter_count() const;

  // Reads a config.json. Error when it is missing, not JSON, lacks one of the sizes, or describes something this
  // program does not compute: another model_type, a decoder, relative positions, another activation.
  static BertConfig read(const std::filesystem::path& path);
  static BertConfig from_json(std::string_view text, const std::string& name);  // `name` is for messages

  // config.json as transformers lays it out. Keys this struct does not know are those of the file it was read from.
  std::string to_json() const;

  // The facts that two runs must share to compute the same: "config.hidden_size" and so on. Keys that this struct does
  // not know, and `architectures`, are left out.
  RunIdentity identity() const;

  // Error when a value is out of range; `name` is for messages. read() and from_json() have called it.
  void check(const std::string& name) const;

  std::string other_keys = "{}";  // the JSON object it was read from
};

}  // namespace mini_bert
