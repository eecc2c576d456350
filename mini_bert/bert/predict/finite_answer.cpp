#include "mini_bert/bert/predict/finite_answer.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include <fmt/core.h>

#include "mini_bert/bert/names/name_table.h"
#include "mini_bert/tensor/rehearsal.h"

namespace mini_bert {
namespace {

bool has_finite_values(const Tensor& tensor) {
  const Tensor floats = tensor.dtype() == DType::f32 ? tensor : tensor.to(DType::f32);
  return std::ranges::all_of(floats.values<float>(), [](float x) { return std::isfinite(x); });
}

}  // namespace

Tensor finite_answer(Tensor numbers, const BertPreTrainedModel& model) {
  if (has_finite_values(numbers)) return numbers;
  if (Rehearsal::is_running()) {  // nobody has computed them
    std::memset(numbers.raw(), 0, numbers.bytes());
    return numbers;
  }
  for (const Parameter& parameter : model.parameters()) {
    if (has_finite_values(parameter.value())) continue;
    throw NotFiniteAnswerError(
        fmt::format("the model cannot answer: its weight {} has values that are infinite or no numbers; the file is "
                    "damaged, or the training that wrote it has diverged, so choose another checkpoint",
                    checkpoint_name(parameter)));
  }
  throw NotFiniteAnswerError(
      "the model's answer is infinite or no number, although each weight is a number; choose another checkpoint");
}

}  // namespace mini_bert
