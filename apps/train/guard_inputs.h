#pragma once

#include "apps/train/train_options.h"
#include "mini_bert/bert/bert_config.h"
#include "mini_bert/bert/training/guard.h"

namespace mini_bert {

// The guard of a run; an empty one without --guard. "default" is guard-zh.jsonl, looked for beside the program and in
// every folder above it: in data/, where it lies in the repository, and in share/mini_bert/, where an installation puts
// it. Error when it is in none of them.
Guard read_guard_inputs(const TrainOptions& options, const Tokenizer& tokenizer, const BertConfig& config);

}  // namespace mini_bert
