#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "mini_bert/bert/data/data_source.h"
#include "mini_bert/bert/model/bert.h"
#include "mini_bert/bert/training/arguments.h"
#include "mini_bert/pipelines/masking_request.h"
#include "mini_bert/tokenizer/tokenizer.h"

namespace mini_bert {

// What to train, on what, and how.
struct TrainingRequest {
  std::string task = "mlm";   // what the model learns (training_inputs.h)
  std::string model;          // a model directory to fine-tune, or:
  std::string config, vocab;  // a config.json and a vocab.txt, to start from random weights
  std::string add_words;      // a file of words that become single tokens
  // A model in memory that is trained further, in place of the one in `model`.
  std::shared_ptr<BertPreTrainedModel> trained;
  std::shared_ptr<const Tokenizer> trained_tokenizer;

  // Data files in the order in which they were named, or data in memory; and how messages and the report call them:
  // "a.txt, b.txt".
  std::vector<std::string> train_files, validation_files;
  std::optional<DataSource> train_data, validation_data;
  std::string train, validation;
  double validation_split = 0;    // share of the training texts used for validation
  std::string text_column;        // empty: "text", or the first column that holds text
  std::string pair_column;        // the column of the second text; empty: there is none
  std::string label_column;       // empty: the task's default column
  std::int64_t doc_stride = 128;  // for the task answer: tokens that neighbouring windows of a long text share
  std::string problem_type;       // for the task classify; empty: one label per text
  std::string class_weights;      // for the tasks classify and tag: balanced, or label=weight,…; empty: equal weights
  bool pack = false;              // join the texts and cut them into full blocks
  std::int64_t max_length = 0;    // in tokens; 0: the number of the model's positions
  std::optional<std::int64_t> most_training, most_validation;  // the first so many texts; unset: all
  std::vector<std::string> probes;                             // fill-mask texts
  MaskingRequest masking;
  TrainingArguments training;

  bool operator==(const TrainingRequest&) const = default;

  std::vector<DataSource> train_sources() const { return sources(train_files, train_data); }
  std::vector<DataSource> validation_sources() const { return sources(validation_files, validation_data); }

 private:
  static std::vector<DataSource> sources(const std::vector<std::string>& files, const std::optional<DataSource>& data) {
    if (data) return {*data};
    return {files.begin(), files.end()};
  }
};

}  // namespace mini_bert
