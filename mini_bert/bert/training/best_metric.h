#pragma once

#include <span>
#include <string>

#include "mini_bert/bert/training/arguments.h"
#include "mini_bert/bert/training/history.h"

namespace mini_bert {

// The value by which evaluations are compared: "loss", "perplexity" when the task has no other metrics, or one of the
// objective's metrics. The prefix "eval_", which rows of the history use, is accepted. Any other name is an Error.
double metric_of(const EvaluationRow& row, const std::string& name);

// Throws an Error that lists the valid names when `name` is none of them. `metrics` are those of the objective. This
// check needs no evaluation.
void require_metric(const std::string& name, std::span<const std::string> metrics);

// Whether a higher value is better. As in transformers, this holds by default for every name that does not end in
// "loss"; unlike transformers, mse and perplexity are exceptions too.
bool greater_is_better(const TrainingArguments& arguments);

}  // namespace mini_bert
