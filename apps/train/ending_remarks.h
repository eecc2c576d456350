#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mini_bert/bert/training/history.h"

namespace mini_bert {

// What a person should not overlook when a run has ended, one sentence each: a loss far above where it began, a perfect
// metric that few texts support, and probes whose right answer was forgotten or is not learned yet. `first_loss` is
// that of the first update; `validation_texts` is how many texts the metrics were measured on.
std::vector<std::string> ending_remarks(const TrainingHistory& history, std::optional<double> first_loss,
                                        double learning_rate, Index validation_texts);

}  // namespace mini_bert
