#pragma once

#include <cstddef>

#include "apps/train/train_options.h"
#include "mini_bert/base/memory_left.h"
#include "mini_bert/pipelines/training_inputs.h"

namespace mini_bert {

// The bytes of memory that a run needs in all (bert/training/memory.h). To be called before the weights are read. Error
// when the machine or the process's control group has less left. The message names flags with which the run fits; each
// of them was planned as the run itself. Where the system does not tell what is left, nothing is refused.
std::size_t require_memory(const TrainOptions& options, const TrainingInputs& inputs, const SystemFolders& system = {});

}  // namespace mini_bert
