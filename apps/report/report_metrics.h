#pragma once

#include <string>

#include "apps/report/text.h"
#include "mini_bert/bert/training/history.h"

namespace mini_bert {

// The metric that describes the model's quality: the first metric of its task, or the perplexity of a masked language
// model.
Text metric_name(const EvaluationRow& row);
std::string metric_text(const EvaluationRow& row);

// Renders every metric of the last evaluation. For a task with labels, adds the confusion matrix: rows are the right
// labels, columns the model's labels. "" when the task has no metrics.
std::string render_metrics(const TrainingHistory& history);

}  // namespace mini_bert
