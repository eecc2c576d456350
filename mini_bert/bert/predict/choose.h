#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "mini_bert/bert/data/choices.h"
#include "mini_bert/bert/model/heads.h"

namespace mini_bert {

// The score of each choice, before the softmax: one number for each sequence of `data`, in its order.
std::vector<float> choice_logits(const BertForMultipleChoice& model, const Dataset& data);

struct ChoiceScore {
  std::size_t choice;  // its index in ChoiceQuestion::choices
  double score;        // its probability: a softmax over the choices of the question
};

// All choices of each question, the most probable first. Texts longer than the model reads are cut.
std::vector<std::vector<ChoiceScore>> choose(const BertForMultipleChoice& model, const Tokenizer& tokenizer,
                                             std::span<const ChoiceQuestion> questions);

}  // namespace mini_bert
