#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "apps/console/command_line.h"

namespace mini_bert {

// How mini_bert_train chooses what is guessed, and what it asks to see whether something is forgotten.
struct MaskingOptions {
  std::string whole_words;              // a file with a word a line, "auto", or empty: tokens are chosen
  std::vector<std::string> mask_words;  // always guessed; several may stand in one, with commas between them
  std::int64_t ngram = 1;               // words (or tokens) that are chosen in a row at most
  std::string guard;                    // a cloze file of what is not to be forgotten, or "default"

  // Every word of mask_words on its own.
  std::vector<std::string> split_mask_words() const;
};

void declare_masking_flags(CommandLine& line, MaskingOptions& options);

// Error when a flag was given that does not go with the task.
void check_masking_flags(const MaskingOptions& options, const std::string& task);

}  // namespace mini_bert
