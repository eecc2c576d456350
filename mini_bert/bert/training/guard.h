#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "mini_bert/bert/data/batch.h"
#include "mini_bert/bert/training/history.h"
#include "mini_bert/tokenizer/tokenizer.h"

namespace mini_bert {

// Blanks whose right answers a model is not to forget while it learns something else.
struct Guard {
  struct Blank {
    Index sequence, token;  // where it is
    std::int32_t answer;
    std::string text;  // "今天天气很[好]。": the text with the answer in its place
  };
  std::vector<Sequence> sequences;
  std::vector<Blank> blanks;

  std::vector<std::string> texts() const;  // of the blanks
};

// Reads a file of the formats of read_records() whose records have the columns "text", with one [MASK] or several, and
// "answer": the right text, one token for each [MASK]. Error, with file and line, when one is missing, when the answer
// has another number of tokens or one that the vocabulary does not know, when a text is longer than `max_length`
// tokens, and when the file has no records.
Guard read_guard(const std::filesystem::path& path, const Tokenizer& tokenizer, Index max_length);

// The scores of every token of the vocabulary [M,V] at the rows [M] of some tokens.
using WordScores = std::function<Tensor(const PackedSequences& tokens, const Tensor& rows)>;

// How well a model still fills them, each while the others of its text are blank as well. The row's step is 0.
GuardRow score_guard(const Guard& guard, const WordScores& scores);

}  // namespace mini_bert
