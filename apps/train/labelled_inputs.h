#pragma once

#include "apps/train/training_inputs.h"

namespace mini_bert {

// read_inputs() for the tasks whose texts are labelled.
TrainingInputs read_classification_inputs(const TrainOptions& options);
TrainingInputs read_tagging_inputs(const TrainOptions& options);
TrainingInputs read_answering_inputs(const TrainOptions& options);

}  // namespace mini_bert
