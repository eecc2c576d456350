#pragma once

#include "bert/training/history.h"

namespace mini_bert {

// Prints the guard's scores before and after, and which right first answers were lost. Nothing without a guard.
void show_guard(const TrainingHistory& history);

}  // namespace mini_bert
