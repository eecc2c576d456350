#include "mini_bert/nn/schedule.h"

#include <cmath>
#include <numbers>

#include "tests/catch.h"

using namespace mini_bert;

namespace {

// The header's formulas, written again.
double expected_factor(Schedule schedule, double s, double W, double S) {
  if (schedule == Schedule::constant) return 1;
  if (s < W) return s / W;
  if (schedule == Schedule::constant_with_warmup) return 1;
  if (schedule == Schedule::linear) return (S - s) / (S - W);
  return (1 + std::cos(std::numbers::pi * (s - W) / (S - W))) / 2;
}

constexpr Schedule all[] = {Schedule::linear, Schedule::cosine, Schedule::constant, Schedule::constant_with_warmup};

}  // namespace

TEST_CASE("schedule: every kind follows its formula at every step") {
  for (const Schedule schedule : all) {
    for (const Index total : {1, 2, 17, 1000}) {
      for (const Index warmup : {Index{0}, Index{1}, total / 3, total - 1, total}) {
        for (Index step = 0; step < total; ++step) {
          const double factor = learning_rate_factor(schedule, step, warmup, total);
          const double expected = expected_factor(schedule, static_cast<double>(step), static_cast<double>(warmup),
                                                  static_cast<double>(total));
          if (std::abs(factor - expected) > 1e-15) {
            FAIL(name_of(schedule) << " step " << step << " of " << total << ", warm-up " << warmup << ": " << factor
                                   << " instead of " << expected);
          }
        }
      }
    }
  }
}

TEST_CASE("schedule: first, highest and last step") {
  CHECK(learning_rate_factor(Schedule::linear, 0, 0, 10) == 1);
  CHECK(learning_rate_factor(Schedule::linear, 0, 4, 10) == 0);
  CHECK(learning_rate_factor(Schedule::linear, 4, 4, 10) == 1);
  CHECK(learning_rate_factor(Schedule::linear, 9, 0, 10) == Approx(0.1));
  CHECK(learning_rate_factor(Schedule::linear, 10, 0, 10) == 0);
  CHECK(learning_rate_factor(Schedule::cosine, 5, 0, 10) == Approx(0.5));
  CHECK(learning_rate_factor(Schedule::cosine, 10, 0, 10) == 0);
  CHECK(learning_rate_factor(Schedule::constant, 0, 5, 10) == 1);  // has no warm-up
  CHECK(learning_rate_factor(Schedule::constant_with_warmup, 0, 5, 10) == 0);
  CHECK(learning_rate_factor(Schedule::constant_with_warmup, 9, 5, 10) == 1);
}

TEST_CASE("schedule: steps past the end stay at the end") {
  for (const Schedule schedule : {Schedule::linear, Schedule::cosine}) {
    CHECK(learning_rate_factor(schedule, 1000, 3, 10) == 0);
    CHECK(learning_rate_factor(schedule, 11, 10, 10) == 0);
  }
}

TEST_CASE("schedule: names there and back; an unknown one lists those that exist") {
  CHECK(schedule_names().size() == 10);
  for (const std::string& name : schedule_names()) CHECK(name_of(parse_schedule(name)) == name);
  CHECK_THROWS_WITH(parse_schedule("greedy"),
                    ContainsSubstring("linear, cosine, constant") && ContainsSubstring("got greedy"));
  CHECK_THROWS_AS(parse_schedule(""), Error);
  CHECK_THROWS_AS(parse_schedule("Linear"), Error);
}

TEST_CASE("schedule: options that are missing or cannot be are errors") {
  const auto factor = [](Schedule schedule, const ScheduleOptions& options, double peak) {
    return learning_rate_factor(schedule, 0, 0, 10, options, peak);
  };
  CHECK_THROWS_WITH(factor(Schedule::polynomial, {}, 1e-8), ContainsSubstring("lr_end"));
  CHECK_THROWS_WITH(factor(Schedule::cosine_with_min_lr, {}, 1), ContainsSubstring("min_lr_rate"));
  ScheduleOptions both;
  both.min_lr = both.min_lr_rate = 0.1;
  CHECK_THROWS_WITH(factor(Schedule::cosine_with_min_lr, both, 1), ContainsSubstring("either min_lr or min_lr_rate"));
  CHECK_THROWS_WITH(factor(Schedule::warmup_stable_decay, {}, 1), ContainsSubstring("num_decay_steps"));
}
