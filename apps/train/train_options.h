#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "apps/console/command_line.h"
#include "apps/train/masking_options.h"
#include "mini_bert/bert/training/arguments.h"
#include "mini_bert/files/safetensors.h"

namespace mini_bert {

// The flags of mini_bert_train: files, how texts are read, how the model is trained.
struct TrainOptions {
  std::string model;          // a model directory to fine-tune, or:
  std::string config, vocab;  // a config.json and a vocab.txt, to start from random weights
  std::string add_words;      // a file of words that become single tokens
  // Data files in the order in which they were named, and how messages and the report call them: "a.txt, b.txt".
  std::vector<std::string> train_files, validation_files;
  std::string train, validation;
  double validation_split = 0;      // share of the training texts used for validation
  std::string task = "mlm";         // what the model learns: a name in the table of tasks (apps/tasks/tasks.h)
  std::string text_column;          // empty: "text", or the first column that holds text
  std::string pair_column;          // the column of the second text; empty: there is none
  std::string label_column;         // empty: the task's default column
  std::int64_t doc_stride = 128;    // for --task answer: tokens that neighbouring windows of a long text share
  std::string problem_type;         // for --task classify; empty: one label per text
  std::string class_weights;        // for --task classify and tag: balanced, or label=weight,…; empty: equal weights
  bool pack = false;                // join the texts and cut them into full blocks
  std::int64_t max_length = 0;      // in tokens; 0: the number of the model's positions
  std::vector<std::string> probes;  // fill-mask texts
  std::string output;
  bool overwrite = false;
  bool resume = false;
  std::string checkpoint;  // the checkpoint to resume from; empty: the newest in `output`
  std::string arguments;   // a JSON file with further flags
  std::string save_type = "f32";
  std::string precision = "auto";  // f32, bf16, or auto: bf16 if the CPU multiplies it
  bool bf16 = false;               // the same as precision = bf16
  bool profile = false;            // print where the time went
  std::int64_t threads = 0;        // 0: all available threads
  // As typed; `training` has the parsed values.
  std::string schedule = "linear", schedule_options, log = "steps", evaluate = "steps", save = "steps";
  std::optional<std::int64_t> save_steps;
  std::optional<double> warmup_share, validation_percentage;
  std::optional<std::int64_t> most_training, most_validation;  // the first so many texts; unset: all
  std::string greater_is_better;
  bool check = false;  // inspect data and model instead of training
  bool json = false;   // output of --check as JSON
  MaskingOptions masking;
  TrainingArguments training;

  // The flags that were given and their values, as in arguments.json.
  using Given = std::vector<std::pair<std::string, std::vector<std::string>>>;
  Given given;
  std::vector<std::string> changed;                            // flags whose values are not the defaults
  std::vector<std::pair<std::string, std::string>> effective;  // every flag with the value in effect
  std::string named_task;                                      // --task_name of transformers' scripts
  std::vector<std::string> notes;  // why flags of transformers that were given do nothing here

  StorageType storage_type() const;
};

// Declares every flag: our own short spellings and those of transformers' run_mlm.py and TrainingArguments.
void declare_flags(CommandLine& line, TrainOptions& options);

// Completes the flags that were typed. Flags from the --arguments file come before them, and with --resume also the
// flags with which the run in --output began. A later flag overrides an earlier one, so typed flags win. Throws
// UsageError when flags contradict each other or a required flag is missing.
TrainOptions complete_options(const std::vector<std::string>& typed);

// The content of arguments.json: the flags of a run, so that they need not be typed again with --resume.
std::string arguments_json(const TrainOptions::Given& given);

}  // namespace mini_bert
