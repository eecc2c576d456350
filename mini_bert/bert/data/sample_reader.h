#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "mini_bert/base/utf8.h"

namespace mini_bert {

// One text to train or predict on.
struct Sample {
  std::string text;
  std::size_t line = 0;  // line of the file where the record begins, from 1
  // The spans that the model must guess, in code points. Empty: a random draw decides (masking.h).
  std::vector<TextRange> mask = {};
};

struct ReadOptions {
  // Empty: the column "text" or, if there is none, the first column that holds text.
  std::string text_column;
  // Also read the key "mask" of .json and .jsonl records: [[begin, end], …], half-open ranges of the text in code
  // points, as in Python. If the key is missing, null or [], a random draw decides.
  bool mask_spans = false;
  // Also return texts that are empty or white space, so that there is a sample for each record.
  bool keep_blank = false;
};

struct SampleFile {
  std::vector<Sample> samples;
  std::string text_column;  // the column that was read; empty for a file without columns
  std::size_t blank = 0;    // texts dropped because they were empty or white space
};

// Reads the texts of a data file in a format of read_records(). Chooses the column like transformers' run_mlm.py.
// Throws Error when the file cannot be read, when a record lacks the column or has no text in it, when a span of "mask"
// is not a range of its text or covers only white space, and when no text is left.
SampleFile read_samples(const std::filesystem::path& path, const ReadOptions& options = {});

}  // namespace mini_bert
