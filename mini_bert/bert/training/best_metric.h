#pragma once

#include <span>
#include <string>

#include "mini_bert/bert/training/arguments.h"
#include "mini_bert/bert/training/history.h"

namespace mini_bert {

// The number by which evaluations are compared: "loss", "perplexity" where there are no other metrics, or one of the
// objective's metrics; also under the names that rows of the history have, "eval_loss". Error, listing what there is,
// for any other.
double metric_of(const EvaluationRow& row, const std::string& name);

// The same Error before there is a row, `metrics` being those of the objective.
void require_metric(const std::string& name, std::span<const std::string> metrics);

// Whether a higher number is a better one. transformers says so of every name that does not end in "loss"; mse and
// perplexity go down too.
bool greater_is_better(const TrainingArguments& arguments);

}  // namespace mini_bert
