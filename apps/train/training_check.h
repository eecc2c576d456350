#pragma once

#include "apps/train/train_options.h"

namespace mini_bert {

// mini_bert_train --check: reads model and data as a run would, says what there is to know about them (lengths, what
// the vocabulary does not know, repeated texts, labels), how much memory a run takes and how long, from a few updates
// that nobody keeps, and lists what looks wrong. Writes nothing. Error for what would stop the run.
void check_training(const TrainOptions& options);

}  // namespace mini_bert
