#include "apps/train/time_left.h"

#include <thread>

#include "mini_bert/bert/training/sampler.h"
#include "tests/catch.h"

using namespace mini_bert;

namespace {

Plan plan_of(Index updates, Index eval_steps) {
  TrainingArguments arguments;
  arguments.max_steps = updates;
  arguments.eval_steps = eval_steps;
  return Sampler(std::vector<Index>(8, 7), arguments).plan();
}

void pause(int milliseconds) {
  std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
}

}  // namespace

TEST_CASE("time left: neither what comes before the first update nor a slow first one is taken for the rest",
          "[apps]") {
  TimeLeft time(plan_of(1000, 1000));
  pause(200);
  time.evaluation_ended(0);
  pause(200);
  time.update_ended();
  CHECK(time.seconds_per_update() >= 0.2);  // there is no other yet
  for (int i = 0; i < 4; ++i) time.update_ended();
  CHECK(time.seconds_per_update() < 0.1);
  CHECK(time.elapsed() >= 0.4);
  CHECK(time.seconds_left(1000) == 0);
  CHECK(time.seconds_left(999) >= 0.2);  // the evaluation at the end
  CHECK(time.seconds_left(500) < 0.1 * 500 + 0.5);
}

TEST_CASE("time left: evaluations are counted, one for each step at which something is asked", "[apps]") {
  TimeLeft time(plan_of(100, 10));
  pause(100);
  time.evaluation_ended(0);  // a probe
  time.evaluation_ended(0);  // the validation
  for (int i = 0; i < 10; ++i) time.update_ended();
  pause(100);
  time.evaluation_ended(10);
  CHECK(time.seconds_left(10) >= 9 * 0.1);  // at 20, 30, … 100
  CHECK(time.seconds_left(10) < 9 * 0.2);
}
