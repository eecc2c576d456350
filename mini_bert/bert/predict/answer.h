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
  bool may_be_absent = false;    // "" is an answer too: the text has none
};

// A stretch of the context, or "" (begin = end = 0) when it has no answer.
struct AnswerSpan {
  double score;      // probability among the candidates, softmax of (score of beginning + score of end)
  Index begin, end;  // code points of the context
  std::string answer;
};

// The best answers to each question of a set, best first, read off the scores of its windows as transformers'
// utils_qa.py does it: in each window the 20 best beginnings and ends in the context, paired when the end is not before
// the beginning and not too far; of all windows' pairs the 20 best. logits[w] [tokens,2] are those of window w. Not
// answering has the lowest score that [CLS] has in a window.
std::vector<std::vector<AnswerSpan>> best_answers(const AnsweringSet& set, std::span<const Tensor> logits,
                                                  const AnswerOptions& options);

// Scores of every window: [tokens,2] each.
std::vector<Tensor> window_logits(const BertForQuestionAnswering& model, const Dataset& windows);

// Asks a model questions about texts.
std::vector<std::vector<AnswerSpan>> answer(const BertForQuestionAnswering& model, const Tokenizer& tokenizer,
                                            std::vector<Question> questions, const WindowOptions& windows,
                                            const AnswerOptions& options = {});

}  // namespace mini_bert
