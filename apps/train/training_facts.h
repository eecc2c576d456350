#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "apps/train/train_options.h"
#include "mini_bert/pipelines/training_inputs.h"

namespace mini_bert {

// What a person should know before a run begins: model, texts (how many were cut, which characters are not in the
// vocabulary), plan, memory. Each fact is a label and a line of text. A line with an empty label continues the one
// above.
using Facts = std::vector<std::pair<std::string, std::string>>;

// The bytes of the trained model's weights in their file.
std::uint64_t model_bytes(const TrainOptions& options, const TrainingInputs& inputs);

// `memory`: the bytes that the run needs (memory_check.h).
Facts training_facts(const TrainOptions& options, const TrainingInputs& inputs, const Plan& plan, std::size_t memory);

}  // namespace mini_bert
