#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "apps/console/command_line.h"
#include "apps/tasks/task.h"

namespace mini_bert {

// How mini_bert_train chooses which tokens it masks, and what it asks to see whether the model forgets something.
struct MaskingOptions {
  std::string whole_words;              // a file with a word a line, "auto", or empty: tokens are chosen
  std::vector<std::string> mask_words;  // always masked; an entry may hold several words with commas between them
  std::int64_t ngram = 1;               // the most words (or tokens) that are chosen in a row
  std::string guard;                    // a cloze file of what the model should not forget, or "default"

  // Every word of mask_words on its own.
  std::vector<std::string> split_mask_words() const;
};

void declare_masking_flags(CommandLine& line, MaskingOptions& options);

// The flags that go with the tasks that mask words, mlm and pretrain, and with no other.
std::vector<TaskFlag> masking_flags();

}  // namespace mini_bert
