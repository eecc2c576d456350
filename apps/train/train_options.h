#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "apps/console/command_line.h"
#include "apps/train/masking_options.h"
#include "mini_bert/bert/training/arguments.h"
#include "mini_bert/files/safetensors.h"

namespace mini_bert {

// The flags of mini_bert_train: where files are, how texts are read, how the model is trained.
struct TrainOptions {
  std::string model;                // a model directory to fine-tune, or
  std::string config, vocab;        // a config.json and a vocab.txt, to train from random weights
  std::string add_words;            // a file of words that become tokens of their own
  std::string train, validation;    // data files
  double validation_split = 0;      // share of the training texts kept for validation
  std::string task = "mlm";         // what the model learns: a name in the table of tasks (apps/tasks/tasks.h)
  std::string text_column;          // empty: "text", or the first with text in it
  std::string pair_column;          // of the second text; empty: there is none
  std::string label_column;         // empty: what the task calls it
  std::int64_t doc_stride = 128;    // of --task answer: tokens that neighbouring windows of a long text share
  std::string problem_type;         // of --task classify; empty: one label per text
  std::string class_weights;        // of --task classify and tag: balanced, or label=weight,…; empty: all alike
  bool pack = false;                // join the texts and cut them into full blocks
  std::int64_t max_length = 0;      // tokens; 0: what the model has positions for
  std::vector<std::string> probes;  // fill-mask texts
  std::string output;
  bool overwrite = false;
  bool resume = false;
  std::string checkpoint;  // to resume from; empty: the newest in `output`
  std::string arguments;   // a JSON file with more flags
  std::string save_type = "f32";
  std::string precision = "auto";  // f32, bf16, or auto: bf16 where the CPU multiplies it
  bool profile = false;            // say where the time went
  std::int64_t threads = 0;        // 0: all there are
  std::string schedule = "linear", evaluate = "steps", save = "steps";  // as typed; `training` has them parsed
  std::string greater_is_better;
  bool check = false;  // look at data and model instead of training
  bool json = false;   // of --check
  bool ignored = false;
  MaskingOptions masking;
  TrainingArguments training;

  // Each flag that was given and its values, as arguments.json keeps them.
  using Given = std::vector<std::pair<std::string, std::vector<std::string>>>;
  Given given;
  std::vector<std::string> changed;                            // flags whose values are not the defaults
  std::vector<std::pair<std::string, std::string>> effective;  // every flag with the value in effect

  StorageType storage_type() const;
};

// Declares every flag: our own short spellings and those of transformers' run_mlm.py and TrainingArguments.
void declare_flags(CommandLine& line, TrainOptions& options);

// `typed` are the arguments of the command line. Flags from the --arguments file, and with --resume those the run in
// --output began with, are put before them: what is typed wins. Throws UsageError when flags contradict each other or
// one that is needed is missing.
TrainOptions complete_options(const std::vector<std::string>& typed);

// arguments.json: the flags of a run, so that --resume need not be told them again.
std::string arguments_json(const TrainOptions::Given& given);

}  // namespace mini_bert
