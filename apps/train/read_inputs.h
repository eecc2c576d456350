#pragma once

#include <string>

#include "apps/train/train_options.h"
#include "mini_bert/pipelines/training_inputs.h"

namespace mini_bert {

// The file of --guard. "default" is data/guard-zh.jsonl, which comes with the program (shipped()). Error when it is not
// there.
std::string guard_file(const std::string& guard);

// Reads the inputs of a run with the reader of its task. Facts about the inputs name flags.
TrainingInputs read_inputs(const TrainOptions& options);

}  // namespace mini_bert
