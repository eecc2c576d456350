#pragma once

#include <string>

#include "apps/report/text.h"
#include "mini_bert/bert/training/history.h"

namespace mini_bert {

// A clause for the report's verdict: "the guard's right first answers fell from 41.2 % to 30.0 %". The history needs at
// least two scores.
Text guard_course(const TrainingHistory& history);

// Renders what the run cost: the guard's scores before, after and over the steps, and which answers were lost and
// gained. "" for a run without a guard.
std::string render_guard(const TrainingHistory& history);

}  // namespace mini_bert
