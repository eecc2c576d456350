#pragma once

#include <string>
#include <vector>

#include "mini_bert/bert/training/history.h"

namespace mini_bert {

// A blank of the guard whose right answer came first at one end of a run and did not at the other.
struct GuardChange {
  std::string text;
  Index before, after;  // the answer's ranks
};

// What the model knew and no longer knows, the furthest lost first; and what it knows only now.
std::vector<GuardChange> lost_answers(const TrainingHistory& history);
std::vector<GuardChange> gained_answers(const TrainingHistory& history);

}  // namespace mini_bert
