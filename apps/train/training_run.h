#pragma once

#include "apps/train/train_options.h"

namespace mini_bert {

// Everything mini_bert_train does once it knows its options: reads model and data, trains, shows what happens and
// writes the output directory. Nothing is written before every input has been read and checked. Returns the exit code:
// 0, or 130 when the run was interrupted and can be resumed.
int train(const TrainOptions& options);

}  // namespace mini_bert
