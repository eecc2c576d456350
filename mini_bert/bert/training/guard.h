#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "mini_bert/bert/data/batch.h"
#include "mini_bert/bert/training/history.h"
#include "mini_bert/tokenizer/tokenizer.h"

namespace mini_bert {

// Blanks whose right answers the model should still give after it has learned something else.
struct Guard {
  struct Blank {
    Index sequence, token;  // its position: a sequence, and a token in it
    std::int32_t answer;
    std::string text;  // "今天天气很[好]。": the text with the answer in its place
  };
  std::vector<Sequence> sequences;
  std::vector<Blank> blanks;

  std::vector<std::string> texts() const;  // one text for each blank
};

// Reads a file in one of the formats of read_records(). Every record has the columns "text", with one or more [MASK],
// and "answer", the right text with one token for each [MASK]. Error, with file and line, when a column is missing,
// when the answer has the wrong number of tokens or a token that is not in the vocabulary, or when a text is longer
// than `max_length` tokens. Error when the file has no records.
Guard read_guard(const std::filesystem::path& path, const Tokenizer& tokenizer, Index max_length);

// Returns the scores [M,V] of every token of the vocabulary at the given rows, i32 [M].
using WordScores = std::function<Tensor(const PackedSequences& tokens, const Tensor& rows)>;

// Scores how well a model fills the blanks of a guard. All blanks of a text stay masked at the same time. The row's
// step is 0.
GuardRow score_guard(const Guard& guard, const WordScores& scores);

}  // namespace mini_bert
