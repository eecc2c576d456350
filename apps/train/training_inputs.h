#pragma once

#include <memory>
#include <string>
#include <vector>

#include "apps/train/train_options.h"
#include "mini_bert/bert/checkpoint.h"
#include "mini_bert/bert/data/text_columns.h"
#include "mini_bert/bert/training/objective.h"

namespace mini_bert {

// What a person should know about how the data files were read.
struct ReadingNotes {
  TextColumns columns;                   // the columns of the training file
  std::vector<std::string> first_texts;  // the first texts of the training file, for --check
  std::vector<std::string> facts;        // rows that were left out, and why
};

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
  ReadingNotes reading;                        // how the files were read
};

}  // namespace mini_bert
