#pragma once

#include "mini_bert/bert/training/history.h"

namespace mini_bert {

// Prints the guard's scores before and after the run, and which right first answers were lost. Prints nothing without a
// guard.
void show_guard(const TrainingHistory& history);

}  // namespace mini_bert
