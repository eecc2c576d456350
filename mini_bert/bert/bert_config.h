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

// What a sequence classifier predicts: a number or several numbers, one of several labels, or any number of labels.
enum class ProblemType { regression, single_label_classification, multi_label_classification };

std::string_view name_of(ProblemType type);

// The size and settings of a BERT model, as in config.json. Names and defaults are those of Hugging Face transformers.
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
  std::optional<double> classifier_dropout;  // unset: hidden_dropout_prob
  double initializer_range = 0.02;           // standard deviation of new weights
  double layer_norm_eps = 1e-12;
  bool tie_word_embeddings = true;  // the MLM decoder is the table of word embeddings

  std::vector<std::string> architectures;  // for example "BertForMaskedLM"
  std::vector<std::string> labels;         // id2label; empty: the file names no labels
  std::optional<std::string> problem_type;

  Index head_size() const { return hidden_size / num_attention_heads; }  // D
  // The function that hidden_act names; names_of() in activation.h lists the valid names. Error for any other name.
  Activation activation() const;

  // What a sequence classifier predicts: problem_type if it is set. Without it, one label means a number, and more
  // labels mean one of several labels, as in transformers.
  ProblemType problem() const;

  // The number of outputs of a classification head; 2 when there are no labels, as in transformers.
  Index label_count() const { return labels.empty() ? 2 : static_cast<Index>(labels.size()); }
  std::string label(Index id) const;  // "LABEL_0" when there are no labels
  double classifier_dropout_prob() const { return classifier_dropout.value_or(hidden_dropout_prob); }

  // The number of weights in embeddings, encoder and pooler, without heads: 109,482,240 for bert-base-uncased.
  double parameter_count() const;

  // Reads a config.json. Error when the file is missing, is not JSON, lacks a size, or describes a model that this
  // program does not compute: another model_type, a decoder, relative positions, another activation, or another key
  // that config_keys refuses.
  static BertConfig read(const std::filesystem::path& path);
  static BertConfig from_json(std::string_view text, const std::string& name);  // `name` appears in error messages

  // Writes config.json in the layout of transformers. Keys that this struct does not know are copied from the file that
  // was read.
  std::string to_json() const;

  // The facts that two runs must share to compute the same, for example "config.hidden_size". `architectures` and the
  // keys that this struct does not know are left out.
  RunIdentity identity() const;

  // Error when a value is out of range; `name` appears in the message. read() and from_json() call this function.
  void check(const std::string& name) const;

  std::string other_keys = "{}";  // the JSON object that was read, as text
  // Keys of the file that nobody knows: "config.json: colour". Programs name them.
  std::vector<std::string> unknown_keys = {};
};

}  // namespace mini_bert
