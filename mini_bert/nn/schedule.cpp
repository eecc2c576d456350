#include "mini_bert/nn/schedule.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include <fmt/ranges.h>

#include "mini_bert/base/argument_error.h"

namespace mini_bert {
namespace {

struct Named {
  std::string_view name;
  Schedule schedule;
};
constexpr std::array<Named, 10> schedules = {{{"linear", Schedule::linear},
                                              {"cosine", Schedule::cosine},
                                              {"constant", Schedule::constant},
                                              {"constant_with_warmup", Schedule::constant_with_warmup},
                                              {"cosine_with_restarts", Schedule::cosine_with_restarts},
                                              {"polynomial", Schedule::polynomial},
                                              {"inverse_sqrt", Schedule::inverse_sqrt},
                                              {"cosine_with_min_lr", Schedule::cosine_with_min_lr},
                                              {"cosine_warmup_with_min_lr", Schedule::cosine_warmup_with_min_lr},
                                              {"warmup_stable_decay", Schedule::warmup_stable_decay}}};

// Where a run is, and how it is going to be multiplied.
struct Moment {
  double step, warmup, total;
  double peak;

  double progress(double ahead = 0) const {
    return std::min((step - warmup + ahead) / std::max(total - warmup, 1.0), 1.0);
  }
};

double half_cosine(double cycles, double progress) {
  return 0.5 * (1 + std::cos(std::numbers::pi * cycles * 2 * progress));
}

double between(double least, double factor) {
  return std::max(0.0, factor * (1 - least) + least);
}

double restarts(const Moment& m, const ScheduleOptions& options) {
  const double progress = m.progress();
  if (progress >= 1) return 0;
  return 0.5 * (1 + std::cos(std::numbers::pi * std::fmod(options.num_cycles.value_or(1) * progress, 1.0)));
}

double polynomial(const Moment& m, const ScheduleOptions& options) {
  require_argument(options.lr_end < m.peak, "learning_rate", "is {}; schedule polynomial needs one above its lr_end {}",
                   m.peak, options.lr_end);
  return ((m.peak - options.lr_end) * std::pow(1 - m.progress(), options.power) + options.lr_end) / m.peak;
}

double inverse_sqrt(const Moment& m, const ScheduleOptions& options) {
  const double timescale = options.timescale ? static_cast<double>(*options.timescale)
                           : m.warmup > 0    ? m.warmup
                                             : 10'000;
  return 1 / std::sqrt((m.step - m.warmup + timescale) / timescale);
}

double least_rate(const Moment& m, const ScheduleOptions& options) {
  require_argument(options.min_lr.has_value() != options.min_lr_rate.has_value(), "schedule",
                   "has a lowest rate, which needs either min_lr or min_lr_rate, for example min_lr_rate 0.1");
  return options.min_lr ? *options.min_lr / m.peak : *options.min_lr_rate;
}

double early_warmup(const Moment& m, const ScheduleOptions& options) {
  if (!options.warmup_lr_rate) return (m.step + 1) / std::max(m.warmup, 1.0);
  return *options.warmup_lr_rate + (1 - *options.warmup_lr_rate) * m.step / std::max(m.warmup - 1, 1.0);
}

double rise(Curve curve, double progress) {
  if (curve == Curve::linear) return progress;
  return curve == Curve::cosine ? 0.5 * (1 - std::cos(std::numbers::pi * progress)) : 1 - std::sqrt(1 - progress);
}

double fall(Curve curve, double progress, double cycles) {
  if (curve == Curve::linear) return 1 - progress;
  return curve == Curve::cosine ? half_cosine(cycles, progress) : 1 - std::sqrt(progress);
}

double warmup_stable_decay(const Moment& m, const ScheduleOptions& options) {
  require_argument(
      options.num_decay_steps.has_value(), "schedule",
      "is warmup_stable_decay, which needs num_decay_steps, the number of updates in which the rate falls");
  if (m.step < m.warmup) return between(options.min_lr_ratio, rise(options.warmup, m.step / m.warmup));
  const auto decay = static_cast<double>(*options.num_decay_steps);
  const double stable =
      options.num_stable_steps ? static_cast<double>(*options.num_stable_steps) : m.total - m.warmup - decay;
  const double into_decay = m.step - m.warmup - stable;
  if (into_decay < 0) return 1;
  if (into_decay >= decay) return options.min_lr_ratio;
  return between(options.min_lr_ratio, fall(options.decay, into_decay / decay, options.num_cycles.value_or(0.5)));
}

}  // namespace

double learning_rate_factor(Schedule schedule, Index step, Index warmup_steps, Index total_steps,
                            const ScheduleOptions& options, double peak) {
  const Moment m{static_cast<double>(step), static_cast<double>(warmup_steps), static_cast<double>(total_steps), peak};
  const double cycles = options.num_cycles.value_or(0.5);
  const bool warming = step < warmup_steps;
  if (schedule == Schedule::constant) return 1;
  if (schedule == Schedule::warmup_stable_decay) return warmup_stable_decay(m, options);
  if (schedule == Schedule::cosine_warmup_with_min_lr) {
    const double least = least_rate(m, options);
    return warming ? early_warmup(m, options) : between(least, half_cosine(cycles, m.progress(1)));
  }
  if (warming) return m.step / m.warmup;
  switch (schedule) {
    case Schedule::linear:
      return 1 - m.progress();
    case Schedule::cosine:
      return std::max(0.0, half_cosine(cycles, m.progress()));
    case Schedule::cosine_with_restarts:
      return restarts(m, options);
    case Schedule::polynomial:
      return polynomial(m, options);
    case Schedule::inverse_sqrt:
      return inverse_sqrt(m, options);
    case Schedule::cosine_with_min_lr:
      return between(least_rate(m, options), half_cosine(cycles, m.progress()));
    default:
      return 1;  // constant_with_warmup
  }
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
