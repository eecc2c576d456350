#include "mini_bert/bert/model/answer_precision.h"

#include "mini_bert/base/argument_error.h"
#include "mini_bert/tensor/simd/isa.h"

namespace mini_bert {

AnswerPrecision answer_precision_named(std::string_view name) {
  if (name == "auto") return isa() == Isa::avx512_bf16 ? AnswerPrecision::bf16 : AnswerPrecision::f32;
  if (name == "f32") return AnswerPrecision::f32;
  if (name == "bf16") return AnswerPrecision::bf16;
  require_argument(name == "int8", "precision", "is '{}'; expected one of auto, f32, bf16, int8", name);
  return AnswerPrecision::int8;
}

std::string_view name_of(AnswerPrecision precision) {
  switch (precision) {
    case AnswerPrecision::bf16:
      return "bf16";
    case AnswerPrecision::int8:
      return "int8";
    default:
      return "f32";
  }
}

Asked asked_in(Index passes) {
  constexpr Index panels_pay = 3;
  return passes < panels_pay ? Asked::once : Asked::often;
}

WeightUse weight_use(const Parameter& parameter, AnswerPrecision precision, Asked asked) {
  // A panel would be mostly padding, and takes no time.
  constexpr Index fewest_rows = 32;
  if (!is_large(parameter.role) || parameter.weight.shape().rows() < fewest_rows) return WeightUse::in_place;
  const Place& place = parameter.place;
  const bool many_rows = !place.of_head || place.many_rows || place.row_per_token;
  if (precision == AnswerPrecision::int8 && many_rows) return WeightUse::int8;
  return asked == Asked::once ? WeightUse::in_place : WeightUse::panels;
}

}  // namespace mini_bert
