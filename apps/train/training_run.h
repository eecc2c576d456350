#pragma once

#include "apps/train/train_options.h"

namespace mini_bert {

// Runs mini_bert_train with parsed options: reads model and data, trains, shows progress and writes the output
// directory. It writes nothing before every input has been read and checked. Returns the exit code: 0, or 130 when the
// run was interrupted and can be resumed.
int train(const TrainOptions& options);

}  // namespace mini_bert
