#pragma once

#include <string>

#include "mini_bert/bert/training/history.h"

namespace mini_bert {

// The number that says how good a model is: its task's first metric, or the perplexity of a masked language model.
std::string metric_name(const EvaluationRow& row);
std::string metric_text(const EvaluationRow& row);

// Every metric of the last evaluation and, of a task with labels, which were taken for which: rows are what was right,
// columns what the model said. "" when the task has no metrics.
std::string render_metrics(const TrainingHistory& history);

}  // namespace mini_bert
