#pragma once

#include <nanobind/nanobind.h>

#include <vector>

#include "mini_bert/pipelines/pipeline.h"

// Answers as lists and dictionaries, with the keys of transformers' pipelines.
namespace mini_bert::python {

nanobind::dict to_python(const FillMaskAnswer& answer);
nanobind::dict to_python(const JointAnswer& answer);
nanobind::dict to_python(const LabelScore& answer);
nanobind::dict to_python(const AnswerSpan& answer);
nanobind::dict to_python(const TextScore& score);
// An entity, or one token where `is_token`.
nanobind::dict to_python(const TaggedSpan& span, bool is_token);

template <class Answer>
nanobind::list to_python(const std::vector<Answer>& answers) {
  nanobind::list list;
  for (const Answer& answer : answers) list.append(to_python(answer));
  return list;
}

}  // namespace mini_bert::python
