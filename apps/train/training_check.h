#pragma once

#include "apps/train/train_options.h"

namespace mini_bert {

// mini_bert_train --check: reads model and data as a run would. It reports their properties: lengths, unknown
// characters, repeated texts, labels. It estimates the run's memory, and measures its time with a few updates that are
// then discarded. It lists what looks wrong. It writes nothing. Error for a fault that would stop the run.
void check_training(const TrainOptions& options);

}  // namespace mini_bert
