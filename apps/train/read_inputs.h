#pragma once

#include <string>

#include "apps/train/train_options.h"
#include "mini_bert/pipelines/training_inputs.h"

namespace mini_bert {

// The file of --guard. "default" is guard-zh.jsonl. It is searched for next to the program and in every folder above,
// under data/ (as in the repository) and share/mini_bert/ (as in an installation). Error when it is in none of them.
std::string guard_file(const std::string& guard);

// Reads the inputs of a run with the reader of its task. Facts about the inputs name flags.
TrainingInputs read_inputs(const TrainOptions& options);

}  // namespace mini_bert
