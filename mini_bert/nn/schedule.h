#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mini_bert/tensor/shape.h"

namespace mini_bert {

// The learning rate over a run, as a factor on its peak. There are S steps s = 0 … S−1, of which W are warm-up. While
// s < W every schedule but `constant` has the factor s/W. After that:
//   linear                (S−s)/(S−W)
//   cosine                ½(1 + cos(π·(s−W)/(S−W)))
//   constant_with_warmup  1
enum class Schedule { linear, cosine, constant, constant_with_warmup };

double learning_rate_factor(Schedule schedule, Index step, Index warmup_steps, Index total_steps);

// The names transformers gives them: "linear", "cosine", "constant", "constant_with_warmup". parse_schedule throws
// Error for any other.
Schedule parse_schedule(std::string_view name);
std::string_view name_of(Schedule schedule);
std::vector<std::string> schedule_names();

}  // namespace mini_bert
