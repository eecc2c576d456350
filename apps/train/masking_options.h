#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "apps/console/command_line.h"
#include "apps/tasks/task.h"

namespace mini_bert {

// How mini_bert_train chooses the tokens to mask, and which guard tests what the model forgets.
struct MaskingOptions {
  std::string whole_words;              // a file with one word per line, "auto", or empty: single tokens are chosen
  std::vector<std::string> mask_words;  // always masked; an entry may hold several words, separated by commas
  std::int64_t ngram = 1;               // the most words (or tokens) masked in a row
  std::string guard;                    // a guard file of knowledge to keep (bert/training/guard.h), or "default"

  // Splits the entries of mask_words into single words.
  std::vector<std::string> split_mask_words() const;
};

void declare_masking_flags(CommandLine& line, MaskingOptions& options);

// The flags that only the tasks with masked words accept: mlm and pretrain.
std::vector<TaskFlag> masking_flags();

}  // namespace mini_bert
