#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "mini_bert/bert/data/dataset.h"

namespace mini_bert {

// A question about a text and the stretches of the text that answer it; none when it has no answer there.
struct Question {
  struct Answer {
    std::string text;
    std::size_t begin;  // byte of the context
  };
  std::string id, question, context;
  std::vector<Answer> answers;
};

// Reads a file in the form of SQuAD 1.1 or 2.0 (Rajpurkar et al. 2016, arXiv:1606.05250; 2018, arXiv:1806.03822):
// {"data": [{"paragraphs": [{"context", "qas": [{"id", "question", "answers": [{"text", "answer_start"}]}]}]}]}, as
// CMRC 2018 has it too. answer_start counts code points; an answer that does not stand there, as happens in published
// files, is taken from the nearest place where it does. Error, naming file and question, when it stands nowhere in its
// context.
std::vector<Question> read_questions(const std::filesystem::path& path);

struct WindowOptions {
  Index max_length;  // tokens of a window, question and special ones included
  Index stride;      // tokens of the context that neighbouring windows share
};

// [CLS] question [SEP] a stretch of the context [SEP]: a context that is too long is cut into windows that overlap.
struct Window {
  std::size_t question;            // its number
  std::vector<TextRange> context;  // of each token: bytes of the context; {0, 0} outside of it
  Index begin = 0, end = 0;        // first and last token of the answer; both 0, [CLS]: it is not in this window
};

struct AnsweringSet {
  Dataset data;  // a sequence is a window
  std::vector<Window> windows;
  std::vector<Question> questions;
};

// Labels are those of transformers' run_qa.py: the first answer, if all of it lies in the window.
AnsweringSet make_answering_set(std::vector<Question> questions, const Tokenizer& tokenizer,
                                const WindowOptions& options);

}  // namespace mini_bert
