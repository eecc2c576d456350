#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "apps/console/command_line.h"

namespace mini_bert {

// The flags of mini_bert_predict.
struct PredictOptions {
  std::string task, model;
  std::vector<std::string> texts;  // none: texts come from `files` or from standard input, one per line
  std::vector<std::string> files;  // read one after the other
  std::string text_column;
  bool pairs = false;             // for classify: a tab separates the two texts of a pair
  std::string question, context;  // for answer and choose
  std::int64_t doc_stride = 128;  // for answer: tokens that neighbouring windows of a long context share
  bool may_be_absent = false;     // for answer: the context may contain no answer
  std::int64_t top_k = 5;
  std::string targets;
  bool joint = false;  // for fill-mask: fill all blanks together
  std::int64_t beam = 8;
  std::int64_t max_blank_length = 4;
  std::string aggregation = "simple";
  std::string pooling;      // empty: as the model's folder says, or the mean
  std::string prompt_name;  // for embed; empty: as the model's folder says
  bool normalize = false;
  bool json = false;
  std::int64_t threads = 0;
  std::string precision = "auto";
};

void declare_flags(CommandLine& line, PredictOptions& options);

}  // namespace mini_bert
