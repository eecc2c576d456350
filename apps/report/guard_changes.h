#pragma once

#include <string>
#include <vector>

#include "mini_bert/bert/training/history.h"

namespace mini_bert {

// A blank of the guard whose right answer ranked first either before or after the run, but not both.
struct GuardChange {
  std::string text;
  Index before, after;  // the right answer's ranks
};

// Blanks that the model filled correctly only before the run, the worst final rank first; and those that it fills
// correctly only after the run.
std::vector<GuardChange> lost_answers(const TrainingHistory& history);
std::vector<GuardChange> gained_answers(const TrainingHistory& history);

}  // namespace mini_bert
