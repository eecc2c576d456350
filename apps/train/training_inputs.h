#pragma once

#include <memory>
#include <string>
#include <vector>

#include "apps/train/train_options.h"
#include "mini_bert/bert/checkpoint.h"
#include "mini_bert/bert/training/objective.h"

namespace mini_bert {

// The inputs of a run. The `read` of its task (apps/tasks/task.h) reads model, tokenizer and texts, or makes a model
// with random weights. It checks that they are compatible with each other, the options and the probes. It writes
// nothing. Error when they are not compatible.
struct TrainingInputs {
  std::unique_ptr<BertPreTrainedModel> model;
  std::unique_ptr<Tokenizer> tokenizer;
  LoadReport report;                           // differences between the model and its file
  std::size_t new_words = 0, known_words = 0;  // words of --add-words: added, and already known
  std::unique_ptr<Objective> objective;        // owns the data
  std::vector<std::string> masking;            // what a person should know about the masked tokens
};

}  // namespace mini_bert
