#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mini_bert/tensor/shape.h"

namespace mini_bert {

// The learning rate over a run, as a factor on its peak. There are n steps s = 0 … n−1, of which w are warm-up. While
// s < w every schedule but `constant` has the factor s/w; the last two say what differs. After that, with the progress
// p = (s−w)/(n−w), at most 1:
//   linear                     1−p
//   cosine                     ½(1 + cos(2π·c·p)), c = num_cycles
//   constant, constant_with_warmup  1
//   cosine_with_restarts       ½(1 + cos(π·(c·p mod 1))), and 0 from p = 1 on
//   polynomial                 ((peak−lr_end)·(1−p)^power + lr_end) / peak
//   inverse_sqrt               √(t/(s−w+t)), t = timescale
//   cosine_with_min_lr         m + (1−m)·½(1 + cos(2π·c·p)), m = min_lr_rate or min_lr/peak
//   cosine_warmup_with_min_lr  the same with s+1 in place of s; warm-up (s+1)/w, or from warmup_lr_rate to 1
//   warmup_stable_decay        1 for num_stable_steps, then from 1 down to m = min_lr_ratio along `decay` in
//                              num_decay_steps, then m; warm-up from m to 1 along `warmup`
// The formulas and the defaults are those of transformers 5.23, optimization.py.
enum class Schedule {
  linear,
  cosine,
  constant,
  constant_with_warmup,
  cosine_with_restarts,
  polynomial,
  inverse_sqrt,
  cosine_with_min_lr,
  cosine_warmup_with_min_lr,
  warmup_stable_decay
};

// How the rate rises and falls in warmup_stable_decay. linear: p and 1−p; cosine: ½(1−cos(πp)) and ½(1+cos(2πcp));
// one_minus_sqrt: 1−√(1−p) and 1−√p.
enum class Curve { linear, cosine, one_minus_sqrt };

// Settings of single schedules, named as in transformers' lr_scheduler_kwargs. The others ignore them.
struct ScheduleOptions {
  std::optional<double> num_cycles;  // unset: 0.5, for cosine_with_restarts 1
  double power = 1;
  double lr_end = 1e-7;                   // a learning rate, not a factor
  std::optional<double> min_lr;           // a learning rate
  std::optional<double> min_lr_rate;      // a factor; cosine_with_min_lr needs min_lr or min_lr_rate
  std::optional<double> warmup_lr_rate;   // a factor
  std::optional<Index> timescale;         // unset: W, or 10,000 without warm-up
  std::optional<Index> num_decay_steps;   // warmup_stable_decay needs it
  std::optional<Index> num_stable_steps;  // unset: what warm-up and decay leave
  double min_lr_ratio = 0;                // a factor
  Curve warmup = Curve::linear, decay = Curve::cosine;

  bool operator==(const ScheduleOptions&) const = default;
};

// `peak` is the learning rate that the factor is going to multiply. Error when options that the schedule needs are
// missing or contradict each other.
double learning_rate_factor(Schedule schedule, Index step, Index warmup_steps, Index total_steps,
                            const ScheduleOptions& options = {}, double peak = 1);

// The names transformers gives them, the same as here. parse_schedule throws Error for any other.
Schedule parse_schedule(std::string_view name);
std::string_view name_of(Schedule schedule);
std::vector<std::string> schedule_names();

}  // namespace mini_bert
