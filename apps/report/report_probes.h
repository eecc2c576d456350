#pragma once

#include <string>
#include <vector>

#include "mini_bert/bert/training/history.h"

namespace mini_bert {

// One probe and its answers over the run, by rising step; never empty.
struct ProbeCourse {
  std::string text;
  std::vector<const ProbeRow*> rows;

  bool changed() const;  // the first answer is another one at the end
};

// The probes of a run in the order in which they were first asked. Points into the history.
std::vector<ProbeCourse> probe_courses(const TrainingHistory& history);

// The first answer of a row; "" when it has none.
std::string first_answer(const ProbeRow& row);

// Before and after side by side, and below them the first answer at every evaluation.
std::string render_probe(const ProbeCourse& course);

}  // namespace mini_bert
