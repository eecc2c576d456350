#pragma once

#include <string>

#include "mini_bert/bert/training/history.h"

namespace mini_bert {

// "the guard's right first answers fell from 41.2 % to 30.0 %", for the report's verdict. Needs two scores at least.
std::string guard_course(const TrainingHistory& history);

// What a run cost: the guard's scores before and after, over the steps, and which answers were lost and gained. "" for
// a run without a guard.
std::string render_guard(const TrainingHistory& history);

}  // namespace mini_bert
