#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mini_bert {

struct TrainOptions;
struct TrainingInputs;
struct TrainingRequest;
struct PredictOptions;
class Predictor;

// A flag that only some tasks accept. All other tasks refuse it.
struct TaskFlag {
  std::string name;         // its first long name without dashes: "pack"
  std::string reason = {};  // the end of the message after "--pack goes with --task mlm: "; may be empty
};

// Everything mini_bert_train needs to know about a task.
struct TrainingTask {
  std::string name;  // --task NAME
  std::string help;  // what the model learns, as a clause for --help
  std::vector<TaskFlag> flags = {};

  // Reads model, tokenizer and data, and makes the objective that owns the data (pipelines/training_inputs.h).
  TrainingInputs (*read)(const TrainingRequest& request);
  // Throws UsageError when flags of the task contradict each other. Optional.
  void (*check)(const TrainOptions& options) = nullptr;

  bool masks_tokens = false;  // the model guesses a share of the tokens (--mask-probability)
  bool has_labels = false;  // the model's labels come from the data; the run shows them and --check warns of rare ones
  std::string entry = "line";  // the name of what Dataset::lines counts, for messages: "line 5"
  std::string loss;            // the meaning of the loss, as a sentence for the report
  std::string ask;             // the command that asks the trained model: "classify --model {} '…'"; {} is its folder
};

// Everything mini_bert_predict needs to know about a task.
struct PredictionTask {
  std::string name;  // mini_bert_predict NAME
  std::string help;  // the question that the model answers, as a clause for --help
  std::vector<TaskFlag> flags = {};
  std::string input = "a text";  // what a person types, one per line

  // Loads the model.
  std::unique_ptr<Predictor> (*make)(const PredictOptions& options);
  // Returns the inputs on the command line. If there are none, they come from a file or from standard input. Throws
  // UsageError when flags contradict each other. Unset: the texts are the inputs.
  std::vector<std::string> (*inputs)(const PredictOptions& options) = nullptr;
};

// One entry of the table in tasks.cpp. A task may have a training half, a prediction half, or both.
struct Task {
  std::optional<TrainingTask> training = {};
  std::optional<PredictionTask> prediction = {};
};

}  // namespace mini_bert
