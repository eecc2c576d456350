#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "mini_bert/bert/data/dataset.h"

namespace mini_bert {

// Sequences of from … to tokens, special ones included.
struct LengthBin {
  Index from, to, count;
};

// The lengths of sequences in tokens, as they are read. "Nine in ten" is the smallest length that nine tenths of them
// do not exceed; the median likewise that of one half.
struct Lengths {
  Index shortest = 0, median = 0, nine_in_ten = 0, longest = 0;
  std::vector<LengthBin> histogram;  // at most ten bins, whose width is 1, 2 or 5 times a power of ten
};

// A piece of text that the vocabulary does not know.
struct UnknownText {
  std::string text;
  Index count;
  std::size_t line;  // of its first occurrence
};

// A sequence that has the tokens of another one.
struct Repeat {
  std::size_t line, first_line;
};

// What there is to know about a file of texts before a model reads them. Lines count from 1; in the data of questions
// they are the numbers of questions.
struct DataCheck {
  Lengths lengths;
  std::vector<UnknownText> unknown;  // the most frequent first
  std::vector<Repeat> repeats;       // of an earlier text of the file, in its order
};

DataCheck check_data(const Dataset& data);

// Validation texts that are among the training texts, in their order, each with the first such training text.
std::vector<Repeat> texts_in_both(const Dataset& training, const Dataset& validation);

}  // namespace mini_bert
