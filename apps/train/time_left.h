#pragma once

#include "apps/console/clock.h"
#include "mini_bert/bert/training/arguments.h"

namespace mini_bert {

// Estimates how long a run still takes, from the times that its updates and its evaluations took so far. The first
// update is not counted if there are others, because it also fills the allocator and reads the weights.
class TimeLeft {
 public:
  explicit TimeLeft(const Plan& plan) : plan_(plan) {}

  void update_ended();
  // Probes, guard or validation at a step have just ended. May be called several times for a step.
  void evaluation_ended(Index step);

  double elapsed() const;  // seconds since the object was made
  double seconds_per_update() const;
  double seconds_left(Index step) const;  // after `step` updates

 private:
  double since_last();

  Plan plan_;
  Clock::time_point start_ = Clock::now(), last_ = start_;
  Index updates_ = 0, evaluations_ = 0, evaluated_step_ = -1;
  double first_update_ = 0, update_seconds_ = 0, evaluation_seconds_ = 0;
};

}  // namespace mini_bert
