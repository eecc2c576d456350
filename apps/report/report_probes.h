#pragma once

#include <string>
#include <vector>

#include "mini_bert/bert/training/history.h"

namespace mini_bert {

// One probe and its answers over the run, sorted by step. It is never empty.
struct ProbeCourse {
  std::string text;
  std::vector<const ProbeRow*> rows;

  bool changed() const;  // whether the first answer differs between the start and the end
};

// The probes of a run in the order in which they were first asked. The result points into the history.
std::vector<ProbeCourse> probe_courses(const TrainingHistory& history);

// The first answer in a row; "" when the row has no answer.
std::string first_answer(const ProbeRow& row);

// Renders the answers before and after training side by side. The first answers of all evaluations follow below.
std::string render_probe(const ProbeCourse& course);

}  // namespace mini_bert
