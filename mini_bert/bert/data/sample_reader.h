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
  std::size_t line = 0;  // of the file, from 1, where its record begins
  // What of it is to be guessed, in code points; empty: the dice decide (masking.h).
  std::vector<TextRange> mask = {};
};

struct ReadOptions {
  std::string text_column;  // empty: "text" if there is such a column, else the first one that holds text
  // Read the key "mask" of .json and .jsonl records as well: [[begin, end], …], half-open ranges of the text in code
  // points, as Python counts. Without the key, with null or with [] the dice decide.
  bool mask_spans = false;
};

struct SampleFile {
  std::vector<Sample> samples;
  std::string text_column;  // the one that was read; empty for a file without columns
  std::size_t blank = 0;    // texts dropped because they were empty or white space
};

// Reads the texts of a data file (the formats are those of read_records). The choice of the column is that of
// transformers' run_mlm.py. Error when the file cannot be read, when a record lacks the column or has no text in it,
// when a span of "mask" is not a range of its text or covers nothing but white space, and when no text is left.
SampleFile read_samples(const std::filesystem::path& path, const ReadOptions& options = {});

}  // namespace mini_bert
