#pragma once

#include <memory>

#include "apps/train_options.h"
#include "bert/model/bert.h"
#include "bert/training/trainer.h"
#include "tokenizer/tokenizer.h"

namespace mini_bert {

// What a run starts from.
struct TrainingInputs {
  std::unique_ptr<BertForMaskedLM> model;
  std::unique_ptr<Tokenizer> tokenizer;
  std::vector<std::string> unexpected_tensors;  // in the model's file, without a place in the model
  TrainingData data;
};

// Reads model, tokenizer and texts, or makes a model with random weights, and checks that they fit each other, the
// options and the probes. Writes nothing. Error otherwise.
TrainingInputs read_inputs(const TrainOptions& options);

}  // namespace mini_bert
