#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "mini_bert/bert/data/dataset.h"

namespace mini_bert {

// The number of sequences with from … to tokens, special tokens included.
struct LengthBin {
  Index from, to, count;
};

// The lengths in tokens of the sequences as the model reads them. `nine_in_ten` is the smallest length that nine tenths
// of the sequences do not exceed; `median` is the smallest length that half of them do not exceed.
struct Lengths {
  Index shortest = 0, median = 0, nine_in_ten = 0, longest = 0;
  std::vector<LengthBin> histogram;  // at most ten bins, whose width is 1, 2 or 5 times a power of ten
};

// A piece of text that becomes [UNK].
struct UnknownText {
  std::string text;
  Index count;
  std::size_t line;  // the line of its first occurrence
};

// The line of a sequence, and the line of the first sequence with the same tokens.
struct Repeat {
  std::size_t line, first_line;
};

// Findings about a data file that a user should know before a model reads it. Lines count from 1. For data of
// questions, they are the positions of the questions in their file.
struct DataCheck {
  Lengths lengths;
  std::vector<UnknownText> unknown;  // the most frequent first
  std::vector<Repeat> repeats;       // texts that repeat an earlier text of the file, in the order of the file
};

DataCheck check_data(const Dataset& data);

// The validation texts that are also training texts, in their order, each with the first equal training text.
std::vector<Repeat> texts_in_both(const Dataset& training, const Dataset& validation);

}  // namespace mini_bert
