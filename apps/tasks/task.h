#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mini_bert {

struct TrainOptions;
struct TrainingInputs;
struct PredictOptions;
class Predictor;

// A flag that goes with some tasks and is refused with every other one.
struct TaskFlag {
  std::string name;         // "pack": its first long name
  std::string reason = {};  // said behind "--pack goes with --task mlm: "; may be empty
};

// What mini_bert_train has to know about a task.
struct TrainingTask {
  std::string name;  // --task NAME
  std::string help;  // what the model learns, a clause for --help
  std::vector<TaskFlag> flags = {};

  // Reads model, tokenizer and data, and makes the objective that holds them.
  TrainingInputs (*read)(const TrainOptions& options);
  // Throws UsageError when flags of the task contradict each other. Optional.
  void (*check)(const TrainOptions& options) = nullptr;

  bool masks_tokens = false;  // the model guesses a share of the tokens, --mask-probability
  bool has_labels = false;  // the model's labels come from the data; the run shows them and --check warns of rare ones
  std::string entry = "line";  // what Dataset::lines counts, in messages: "line 5"
  std::string loss;            // what the loss means, a sentence for the report
  std::string ask;             // how the trained model is asked: "classify --model {} '…'", {} is its folder
};

// What mini_bert_predict has to know about a task.
struct PredictionTask {
  std::string name;  // mini_bert_predict NAME
  std::string help;  // the question that the model answers, for --help
  std::vector<TaskFlag> flags = {};
  std::string input = "a text";  // what a person types, a line each

  // Loads the model.
  std::unique_ptr<Predictor> (*make)(const PredictOptions& options);
  // The inputs that the command line holds; empty: they come from a file or from standard input. Throws UsageError when
  // flags contradict each other. By default the texts.
  std::vector<std::string> (*inputs)(const PredictOptions& options) = nullptr;
};

// One entry of the table in tasks.cpp. A task can be learned, asked, or both.
struct Task {
  std::optional<TrainingTask> training = {};
  std::optional<PredictionTask> prediction = {};
};

}  // namespace mini_bert
