#include "mini_bert/nn/schedule.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include <fmt/ranges.h>

namespace mini_bert {
namespace {

struct Named {
  std::string_view name;
  Schedule schedule;
};
constexpr std::array<Named, 4> schedules = {{{"linear", Schedule::linear},
                                             {"cosine", Schedule::cosine},
                                             {"constant", Schedule::constant},
                                             {"constant_with_warmup", Schedule::constant_with_warmup}}};

}  // namespace

double learning_rate_factor(Schedule schedule, Index step, Index warmup_steps, Index total_steps) {
  if (schedule == Schedule::constant) return 1;
  if (step < warmup_steps) return static_cast<double>(step) / static_cast<double>(warmup_steps);
  if (schedule == Schedule::constant_with_warmup) return 1;
  const auto after_warmup = static_cast<double>(std::max(total_steps - warmup_steps, Index{1}));
  const double progress = std::min(static_cast<double>(step - warmup_steps) / after_warmup, 1.0);
  return schedule == Schedule::linear ? 1 - progress : 0.5 * (1 + std::cos(std::numbers::pi * progress));
}

Schedule parse_schedule(std::string_view name) {
  for (const Named& known : schedules) {
    if (known.name == name) return known.schedule;
  }
  fail("schedule must be one of {}, got {}", fmt::join(schedule_names(), ", "), name);
}

std::string_view name_of(Schedule schedule) {
  return std::ranges::find(schedules, schedule, &Named::schedule)->name;
}

std::vector<std::string> schedule_names() {
  std::vector<std::string> names;
  for (const Named& known : schedules) names.emplace_back(known.name);
  return names;
}

}  // namespace mini_bert
