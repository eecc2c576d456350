#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "mini_bert/bert/data/data_source.h"
#include "mini_bert/bert/data/dataset.h"
#include "mini_bert/bert/data/dropped_rows.h"

namespace mini_bert {

// A question with several choices, one of which is the answer.
struct ChoiceQuestion {
  std::string context;               // the text that the question is about; may be empty
  std::string question;              // stands before each choice, with a [SEP] between them; empty: no question
  std::string opening;               // the beginning of a sentence that each choice completes; empty: no opening
  std::vector<std::string> choices;  // at least two
  std::optional<Index> answer;       // the index of the right choice; unset: unknown or not read
  std::size_t number = 0;            // position of the question in its file, from 1
  std::string problem = {};          // why it is no question, with its place; only with Answers::optional
  std::string id = {};               // the id as JSON; where C3 has none, that of the dialogue; empty: there is none
};

// required: to learn from; a question that cannot be learned from is dropped.
// optional: to answer; right answers are not read, and a question that cannot be answered stays in its place and has a
// problem.
enum class Answers { required, optional };

struct ChoiceFile {
  std::vector<ChoiceQuestion> questions;
  DroppedRows dropped;  // up to 1 %: questions without a right answer, or that are no questions
};

// Reads questions with choices. The questions of a file may have different numbers of choices. Formats:
//   SWAG (Zellers et al. 2018, arXiv:1808.05326) as csv, tsv or json: columns sent1, sent2, ending0, ending1, … and
//     label, the index of the right ending. As in transformers' run_swag.py, sent1 is the context and sent2 the
//     opening.
//   C3 (Sun et al. 2020, arXiv:1904.09679) in its published form, which CLUE uses too: a .json array of
//     [[lines of the context], [{"question", "choice": [texts], "answer": text}], id].
//   Any other .json, .jsonl, .csv or .tsv file: columns context and question, of which one may be missing; the choices
//     in the column choices (or options, endings), a JSON array of texts, or in the columns choice0, choice1, … or A,
//     B, …; the answer in the column answer (or label), as the text of a choice, as its letter (A is the first) or as
//     its index from 0. A value that could be several of these is read as the first. The context may be called article,
//     passage, premise or ctx. So RACE, HellaSwag, COPA and MMLU are read, and CommonsenseQA and ARC with their choices
//     {"label": [names], "text": [texts]} and answerKey.
// Empty columns after the last choice are ignored. An answer that is missing, empty, null or -1 is unknown. If answers
// are required, a question whose answer is unknown is dropped. Throws Error, naming the place in the file, when the
// file has another form, and when more than 1 % of the questions cannot be used.
ChoiceFile read_choice_questions(const DataSource& source, Answers answers);

// Questions as sequences, one sequence for each choice: [CLS] context [SEP] question [SEP] choice [SEP] or, for a
// question with an opening, [CLS] context [SEP] opening choice [SEP]. Token types are 0 up to the first [SEP] and 1
// after it. CLUE's baseline for C3 and run_swag.py build the same sequences. If there is no context, the question or
// the opening takes its place.
struct ChoosingSet {
  Dataset data;                       // `texts` counts questions; there is one sequence for each choice
  std::vector<Index> counts;          // number of choices of each question, in the order of the sequences
  std::vector<std::int32_t> answers;  // index of the right choice of each question; -1: unknown
};

// Cuts sequences to max_length tokens with `Truncation::longest_first`.
ChoosingSet make_choosing_set(std::span<const ChoiceQuestion> questions, const Tokenizer& tokenizer, Index max_length);

}  // namespace mini_bert
