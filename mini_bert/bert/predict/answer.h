#pragma once

#include <span>
#include <string>
#include <vector>

#include "mini_bert/bert/data/questions.h"
#include "mini_bert/bert/model/heads.h"

namespace mini_bert {

struct AnswerOptions {
  Index top_k = 1;
  Index max_answer_length = 30;  // tokens
  bool may_be_absent = false;    // "" is a candidate too: the text has no answer
};

// A part of the context, or "" (begin = end = 0) if the context has no answer.
struct AnswerSpan {
  double score;      // probability, a softmax of (score of beginning + score of end) over the candidates
  Index begin, end;  // code points of the context
  std::string answer;
};

// The best answers to each question of a set, best first. logits[w] [tokens,2] are the scores of the tokens of window
// w, as the beginning and as the end of an answer. Candidates are found as in transformers' utils_qa.py. In each
// window, the 20 best beginnings are paired with the 20 best ends. A pair is kept if both are in the context, if the
// end is not before the beginning, and if the answer is not too long. Of the pairs of all windows, the 20 best are
// candidates. The score of "no answer" is the lowest score of [CLS] over the windows.
std::vector<std::vector<AnswerSpan>> best_answers(const AnsweringSet& set, std::span<const Tensor> logits,
                                                  const AnswerOptions& options);

// The scores of each window, [tokens,2].
std::vector<Tensor> window_logits(const BertForQuestionAnswering& model, const Dataset& windows);

// Makes the windows of the questions, runs the model on them and returns best_answers().
std::vector<std::vector<AnswerSpan>> answer(const BertForQuestionAnswering& model, const Tokenizer& tokenizer,
                                            std::vector<Question> questions, const WindowOptions& windows,
                                            const AnswerOptions& options = {});

}  // namespace mini_bert
