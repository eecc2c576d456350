#include "python/src/results.h"

#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

namespace nb = nanobind;

namespace mini_bert::python {

nb::dict to_python(const FillMaskAnswer& answer) {
  nb::dict dict;
  dict["score"] = answer.score;
  dict["token"] = answer.token;
  dict["token_str"] = answer.token_str;
  dict["sequence"] = answer.sequence;
  return dict;
}

nb::dict to_python(const JointAnswer& answer) {
  nb::dict dict;
  dict["score"] = answer.score();
  dict["log_probability"] = answer.log_probability;
  dict["tokens"] = answer.tokens;
  dict["token_strs"] = answer.token_strs;
  dict["sequence"] = answer.sequence;
  return dict;
}

nb::dict to_python(const LabelScore& answer) {
  nb::dict dict;
  dict["label"] = answer.label;
  dict["score"] = answer.score;
  return dict;
}

nb::dict to_python(const AnswerSpan& answer) {
  nb::dict dict;
  dict["score"] = answer.score;
  dict["start"] = answer.begin;
  dict["end"] = answer.end;
  dict["answer"] = answer.answer;
  return dict;
}

nb::dict to_python(const TextScore& score) {
  nb::dict dict;
  dict["score"] = score.score;
  dict["perplexity"] = score.perplexity();
  dict["tokens"] = score.token_texts;
  dict["token_scores"] = score.token_scores;
  return dict;
}

nb::dict to_python(const TaggedSpan& span, bool is_token) {
  nb::dict dict;
  dict[is_token ? "entity" : "entity_group"] = span.entity;
  dict["score"] = span.score;
  if (is_token) dict["index"] = span.index;
  dict["word"] = span.word;
  dict["start"] = span.begin;
  dict["end"] = span.end;
  return dict;
}

}  // namespace mini_bert::python
