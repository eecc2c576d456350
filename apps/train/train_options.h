#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "apps/console/command_line.h"
#include "apps/train/masking_options.h"
#include "mini_bert/files/safetensors.h"
#include "mini_bert/pipelines/training_request.h"

namespace mini_bert {

// The flags of mini_bert_train: what is trained and how (the request), and what the program does around it. `task` is a
// name in the table of tasks (apps/tasks/tasks.h).
struct TrainOptions : TrainingRequest {
  std::string output;
  std::string guard;  // a file or "default", as typed; masking.guard is the file
  bool overwrite = false;
  bool resume = false;
  std::string checkpoint;              // the checkpoint to resume from; empty: the newest in `output`
  bool other_instruction_set = false;  // resume although the run began with another instruction set
  std::string arguments;               // a JSON file with further flags
  std::string save_type = "f32";
  std::string precision = "auto";  // f32, bf16, or auto: bf16 if the CPU multiplies it
  bool bf16 = false;               // the same as precision = bf16
  bool profile = false;            // print where the time went
  std::int64_t threads = 0;        // 0: all available threads
  // As typed; `training` has the parsed values.
  std::string schedule = "linear", schedule_options, log = "steps", evaluate = "steps", save = "steps";
  std::optional<std::int64_t> save_steps;
  std::optional<double> warmup_share, validation_percentage;
  std::string greater_is_better;
  bool check = false;  // inspect data and model instead of training
  bool json = false;   // output of --check as JSON

  // The flags that were given and their values, as in arguments.json.
  using Given = std::vector<std::pair<std::string, std::vector<std::string>>>;
  Given given;
  std::vector<std::string> changed;                            // flags whose values are not the defaults
  std::vector<std::pair<std::string, std::string>> effective;  // every flag with the value in effect
  std::string named_task;                                      // --task_name of transformers' scripts
  std::vector<std::string> notes;  // why flags of transformers that were given do nothing here

  StorageType storage_type() const;

  bool operator==(const TrainOptions&) const = default;
};

// Declares every flag: our own short spellings and those of transformers' run_mlm.py and TrainingArguments.
void declare_flags(CommandLine& line, TrainOptions& options);

// Completes the flags that were typed. Flags from the --arguments file come before them, and with --resume also the
// flags with which the run in --output began. A later flag overrides an earlier one, so typed flags win. Throws
// UsageError when flags contradict each other or a required flag is missing.
TrainOptions complete_options(const std::vector<std::string>& typed);

// The content of arguments.json: the flags of a run, so that they need not be typed again with --resume. Flags that
// only say how this start of the program begins, such as --resume, are left out.
std::string arguments_json(const TrainOptions::Given& given);

// The flags in a JSON file, such as arguments.json, spelled as on a command line. Turns {"learning_rate": 1e-4,
// "probe":
// ["…", "…"], "pack": true} into --learning-rate=1e-4 --probe=… --probe=… --pack=true. Error for what is no flag.
std::vector<std::string> flags_from_json(const std::string& path);

}  // namespace mini_bert
