#pragma once

#include <string>
#include <vector>

#include "apps/report/text.h"
#include "mini_bert/bert/training/history.h"

namespace mini_bert {

// One probe and its answers over the run, sorted by step. It is never empty.
struct ProbeCourse {
  std::string text;
  std::vector<const ProbeRow*> rows;

  bool changed() const;  // whether the first answer differs between the start and the end
};

// What became of a probe whose right answer is known. An answer is known when it has rank 1 among all tokens.
enum class ProbeOutcome {
  unmeasured,  // nobody said what is right, or it has been asked only once
  kept,        // known before and after
  learned,     // known after only
  forgotten,   // known before only
  not_yet      // known neither before nor after
};
ProbeOutcome outcome_of(const ProbeCourse& course);
Text name_of(ProbeOutcome outcome);  // "known before", "learned", "forgotten", "not yet"

// What to try when answers are not learned, or forgotten; empty when neither happened. One sentence each.
std::vector<Text> probe_advice(const std::vector<ProbeCourse>& courses);

// "1 of 3 answers was learned, 1 forgotten, 1 not yet"; empty when no probe has a right answer.
Text outcome_counts(const std::vector<ProbeCourse>& courses);

// The probes of a run in the order in which they were first asked. The result points into the history.
std::vector<ProbeCourse> probe_courses(const TrainingHistory& history);

// The first answer in a row; "" when the row has no answer.
std::string first_answer(const ProbeRow& row);

// Renders the answers before and after training side by side. The first answers of all evaluations follow below.
std::string render_probe(const ProbeCourse& course);

}  // namespace mini_bert
