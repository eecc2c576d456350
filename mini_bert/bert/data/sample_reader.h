#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "mini_bert/base/utf8.h"
#include "mini_bert/bert/data/data_source.h"
#include "mini_bert/bert/data/dropped_rows.h"
#include "mini_bert/bert/data/text_columns.h"

namespace mini_bert {

// One text to train or predict on.
struct Sample {
  std::string text;
  std::size_t line = 0;  // line of the file where the record begins, from 1
  // The spans that the model must guess, in code points. Empty: a random draw decides (masking.h).
  std::vector<TextRange> mask = {};
  std::string pair = {};  // the second text; empty: none
  // Why the row holds no text, with its place. Only with ReadOptions::keep_all; empty: it holds one, or an empty text.
  std::string problem = {};
  std::string id = {};  // Record::id(), only with ReadOptions::keep_all
};

struct ReadOptions {
  std::string text_column = {};             // empty: decide_columns() decides
  std::string pair_column = {};             // the same for the second text of a pair
  std::optional<TextColumns> decided = {};  // the columns of the training file, for the validation file
  bool takes_pair = false;                  // read a second text where the file has one
  // Every row becomes a sample, also one without a text and one that is no record. A number in place of a text is read
  // as its digits.
  bool keep_all = false;
  bool tabs_are_text = false;  // do not cut the lines of a .txt file at tabs
  // Also read the key "mask" of .json and .jsonl records: [[begin, end], …], half-open ranges of the text in code
  // points, as in Python. If the key is missing, null or [], a random draw decides.
  bool mask_spans = false;
};

struct SampleFile {
  std::vector<Sample> samples;
  TextColumns columns;  // the columns that were read; empty for a file of bare texts
  DroppedRows dropped;  // rows without a text, and up to 1 % that have something else in its place
};

// Reads the texts of a data file in a format of read_records(). Throws Error when the file cannot be read, when the
// columns cannot be decided, when more than 1 % of the rows lack the column or have no text in it, when a span of
// "mask" is not a range of its text or covers only white space, and when no text is left.
SampleFile read_samples(const DataSource& source, const ReadOptions& options = {});

}  // namespace mini_bert
