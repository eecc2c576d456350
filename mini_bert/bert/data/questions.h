#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "mini_bert/bert/data/choices.h"
#include "mini_bert/bert/data/data_source.h"
#include "mini_bert/bert/data/dataset.h"
#include "mini_bert/bert/data/dropped_rows.h"

namespace mini_bert {

// A question about a text (the context), and the parts of the text that answer it. No answers: the text has none.
struct Question {
  struct Answer {
    std::string text;
    std::size_t begin;  // in bytes of the context
  };
  std::string id, question, context;
  std::vector<Answer> answers;
  std::string problem = {};   // why it is no question, with its place; only with Answers::optional
  std::string given_id = {};  // the id as JSON, as the file has it: 7, "r7"; empty: there is none
};

struct QuestionFile {
  std::vector<Question> questions;
  DroppedRows dropped;  // up to 1 %: questions whose answers do not occur in their contexts, and broken ones
};

// Reads a file in the format of SQuAD 1.1 or 2.0 (Rajpurkar et al. 2016, arXiv:1606.05250; 2018, arXiv:1806.03822),
// which CMRC 2018 uses too:
//   {"data": [{"paragraphs": [{"context", "qas": [{"id", "question", "answers": [{"text", "answer_start"}]}]}]}]}
// or the flat form of transformers' run_qa.py, where each question has its context, as an array, under "data" or one
// object per line:
//   {"id", "context", "question", "answers": {"text": [text, …], "answer_start": [start, …]}}
// or CMRC 2018's own form, [{"context_text", "qas": [{"query_id", "query_text", "answers": [text]}]}], or a .csv or
// .tsv file with columns context, question, answer (its text; empty: there is none) and, if known, answer_start. Both
// forms of answers are read in all forms of files, and an answer may be its text alone. An id is a text or a
// number; without one, it is the position of the question. answer_start counts code points. In some published files an
// answer does not stand at its answer_start, or it is -1. The answer is then taken from the nearest place where it
// occurs. Throws Error, naming file and question, when the file has another form, and when more than 1 % of the
// questions cannot be learned from: an answer does not occur in its context, a part is missing, or a line is broken. If
// answers are optional, such a question stays in its place and has a problem.
QuestionFile read_questions(const DataSource& source, Answers answers = Answers::required);

struct WindowOptions {
  Index max_length;  // tokens of a window, with the question and special tokens
  Index stride;      // tokens of the context that neighbouring windows share
};

// [CLS] question [SEP] part of the context [SEP]. A context that is too long is cut into overlapping windows.
struct Window {
  std::size_t question;            // index of the question
  std::vector<TextRange> context;  // for each token, its bytes of the context; {0, 0} outside of the context
  Index begin = 0, end = 0;        // first and last token of the answer; both 0 ([CLS]): not in this window
};

struct AnsweringSet {
  Dataset data;  // one sequence for each window
  std::vector<Window> windows;
  std::vector<Question> questions;
};

// Labels are those of transformers' run_qa.py: the first answer, if all of it lies in the window.
AnsweringSet make_answering_set(std::vector<Question> questions, const Tokenizer& tokenizer,
                                const WindowOptions& options);

}  // namespace mini_bert
