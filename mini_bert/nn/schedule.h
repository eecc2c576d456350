#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mini_bert/tensor/shape.h"

namespace mini_bert {

// How the learning rate moves over a run, as a factor on its peak. With W warm-up steps and S in all, step s = 0 … S−1:
//   every one but `constant` rises with s/W while s < W, then
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
