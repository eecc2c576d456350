#pragma once

#include <memory>
#include <string>
#include <vector>

#include "apps/train/train_options.h"
#include "mini_bert/bert/checkpoint.h"
#include "mini_bert/bert/training/objective.h"

namespace mini_bert {

// What a run starts from: the `read` of its task (apps/tasks/task.h) reads model, tokenizer and texts, or makes a model
// with random weights, and checks that they fit each other, the options and the probes. It writes nothing and throws
// Error when they do not.
struct TrainingInputs {
  std::unique_ptr<BertPreTrainedModel> model;
  std::unique_ptr<Tokenizer> tokenizer;
  LoadReport report;                           // what model file and model do not have in common
  std::size_t new_words = 0, known_words = 0;  // of --add-words: added, and there before
  std::unique_ptr<Objective> objective;        // holds the data
  std::vector<std::string> masking;            // what a person should know about which tokens are guessed
};

}  // namespace mini_bert
