#pragma once

#include <string>
#include <utility>
#include <vector>

#include "apps/train/training_inputs.h"

namespace mini_bert {

// What a person should know before a run begins: model, texts (how many were cut, which characters the model does not
// know), plan, memory. Each fact is a label and a line of text. An empty label means that the line belongs to the label
// above it.
using Facts = std::vector<std::pair<std::string, std::string>>;

// The most bytes that the run will hold (bert/training/memory.h): those of a step whose batch has the longest texts.
std::size_t expected_memory(const TrainOptions& options, const TrainingInputs& inputs);

Facts training_facts(const TrainOptions& options, const TrainingInputs& inputs, const Plan& plan);

}  // namespace mini_bert
