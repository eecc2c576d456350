#pragma once

#include "mini_bert/bert/training/history.h"

namespace mini_bert {

// Prints the first and the last answers to every probe side by side. For a probe with a right answer it prints the rank
// and the probability of that answer before and after, and what became of it: learned, known before, forgotten, not
// yet. Ends with what to try where an answer was not learned or was forgotten.
void show_probes(const TrainingHistory& history);

}  // namespace mini_bert
