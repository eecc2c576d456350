#pragma once

#include "apps/train/train_options.h"
#include "mini_bert/bert/bert_config.h"
#include "mini_bert/bert/training/guard.h"

namespace mini_bert {

// Reads the guard of a run; without --guard it is empty. "default" is the file guard-zh.jsonl. It is searched for next
// to the program and in every folder above, under data/ (as in the repository) and share/mini_bert/ (as in an
// installation). Error when it is in none of them.
Guard read_guard_inputs(const TrainOptions& options, const Tokenizer& tokenizer, const BertConfig& config);

}  // namespace mini_bert
