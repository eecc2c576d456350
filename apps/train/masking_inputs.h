#pragma once

#include <string>
#include <vector>

#include "apps/train/train_options.h"
#include "mini_bert/bert/data/dataset.h"
#include "mini_bert/bert/data/masking.h"

namespace mini_bert {

// What is guessed in a run, and what a person should know about it.
struct MaskingInputs {
  MaskingRules rules;
  std::vector<std::string> facts;  // empty when every token is left to the dice
};

// Reads the word list or finds words in the training texts. Error when a word that is always to be masked is none that
// the vocabulary can read, and for a list that cannot be read.
MaskingInputs read_masking_inputs(const TrainOptions& options, const Tokenizer& tokenizer, const Dataset& train);

}  // namespace mini_bert
