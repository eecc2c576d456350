#pragma once

#include <string>
#include <vector>

#include "mini_bert/bert/data/dataset.h"
#include "mini_bert/bert/data/masking.h"
#include "mini_bert/pipelines/training_request.h"

namespace mini_bert {

// The masking rules of a run, and what a person should know about them.
struct MaskingInputs {
  MaskingRules rules;
  std::vector<std::string> facts;  // empty when only chance decides about every token
};

// Reads the word list, or finds words in the training texts. Error when a list cannot be read, or when the vocabulary
// lacks characters of a word that should always be masked.
MaskingInputs read_masking_inputs(const TrainingRequest& request, const Tokenizer& tokenizer, const Dataset& train);

}  // namespace mini_bert
