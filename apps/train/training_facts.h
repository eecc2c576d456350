#pragma once

#include <string>
#include <utility>
#include <vector>

#include "apps/train/training_inputs.h"

namespace mini_bert {

// What a person should know before a run begins: model, texts (how many were cut, which characters the model does not
// know), plan, memory. A label may be empty: the line goes on with what the one above is about.
using Facts = std::vector<std::pair<std::string, std::string>>;

// Bytes that the run will hold at most (bert/training/memory.h), with the longest texts in one batch.
std::size_t expected_memory(const TrainOptions& options, const TrainingInputs& inputs);

Facts training_facts(const TrainOptions& options, const TrainingInputs& inputs, const Plan& plan);

}  // namespace mini_bert
