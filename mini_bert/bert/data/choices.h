#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "mini_bert/bert/data/dataset.h"

namespace mini_bert {

// A question and the choices among which its answer is.
struct ChoiceQuestion {
  std::string context;               // what the question is about; may be empty
  std::string question;              // stands before each choice, a [SEP] between both; empty: there is none
  std::string opening;               // the beginning of a sentence that each choice ends; empty: there is none
  std::vector<std::string> choices;  // two at least
  std::optional<Index> answer;       // the number of the right choice, from 0
  std::size_t number = 0;            // of the question in its file, from 1
};

enum class Answers { required, optional };

// Reads questions with choices, each question with as many choices as it has:
//   SWAG (Zellers et al. 2018, arXiv:1808.05326) as csv, tsv or json: columns sent1, sent2, ending0, ending1, … and
//     label, the number of the right ending. As in transformers' run_swag.py sent1 is the context, sent2 the opening.
//   C3 (Sun et al. 2020, arXiv:1904.09679) as published and in CLUE: a .json array of [[lines of the context],
//     [{"question", "choice": [texts], "answer": text}], id].
//   Any other .json, .jsonl, .csv or .tsv: context and question, of which one may be missing; choices, a JSON array of
//     texts, or columns choice0, choice1, …; answer (or label), a choice or its number from 0. The text of a choice
//     goes before a number.
// Empty columns after the last choice do not count. An answer that is missing, empty, null or -1 is unknown. Error,
// with the place in the file, for anything else, and for an unknown answer where answers are required.
std::vector<ChoiceQuestion> read_choice_questions(const std::filesystem::path& path, Answers answers);

// Questions as sequences, one for each choice: [CLS] context [SEP] question [SEP] choice [SEP], or with an opening
// [CLS] context [SEP] opening choice [SEP]. Token types are 1 from behind the first [SEP]. (This is how CLUE's baseline
// for C3 and run_swag.py build them.) Without a context the question or the opening takes its place.
struct ChoosingSet {
  Dataset data;                       // its texts are questions, its sequences choices
  std::vector<Index> counts;          // choices of each question; the sequences stand in the same order
  std::vector<std::int32_t> answers;  // the right choice of each question; -1: unknown
};

// Cuts what is longer than max_length tokens as `Truncation::longest_first` does it.
ChoosingSet make_choosing_set(std::span<const ChoiceQuestion> questions, const Tokenizer& tokenizer, Index max_length);

}  // namespace mini_bert
