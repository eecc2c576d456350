#include "apps/train/time_left.h"

#include <algorithm>

#include "mini_bert/tensor/divide_up.h"

namespace mini_bert {

double TimeLeft::since_last() {
  const Clock::time_point now = Clock::now();
  const double seconds = std::chrono::duration<double>(now - last_).count();
  last_ = now;
  return seconds;
}

void TimeLeft::update_ended() {
  const double seconds = since_last();
  if (updates_++ == 0) {
    first_update_ = seconds;
  } else {
    update_seconds_ += seconds;
  }
}

void TimeLeft::evaluation_ended(Index step) {
  evaluation_seconds_ += since_last();
  if (step != evaluated_step_) ++evaluations_;
  evaluated_step_ = step;
}

double TimeLeft::elapsed() const {
  return seconds_since(start_);
}

double TimeLeft::seconds_per_update() const {
  return updates_ > 1 ? update_seconds_ / static_cast<double>(updates_ - 1) : first_update_;
}

double TimeLeft::seconds_left(Index step) const {
  const Index updates = plan_.total_steps - step;
  if (updates == 0) return 0;
  const Index evaluations = divide_up(plan_.total_steps, plan_.eval_steps) - step / plan_.eval_steps;
  const double each = evaluation_seconds_ / static_cast<double>(std::max<Index>(evaluations_, 1));
  return static_cast<double>(updates) * seconds_per_update() + static_cast<double>(evaluations) * each;
}

}  // namespace mini_bert
