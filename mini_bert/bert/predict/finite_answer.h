#pragma once

#include "mini_bert/base/error.h"
#include "mini_bert/bert/model/bert.h"

namespace mini_bert {

class NotFiniteAnswerError : public Error {
 public:
  using Error::Error;
};

// Returns the numbers that a model has answered with. NotFiniteAnswerError when one of them is infinite or not a
// number: it names the weight to blame, if there is one. Otherwise a damaged file would answer "nan" to every question.
Tensor finite_answer(Tensor numbers, const BertPreTrainedModel& model);

}  // namespace mini_bert
