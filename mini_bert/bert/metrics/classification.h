#pragma once

#include <cstdint>
#include <span>

#include "mini_bert/bert/metrics/evaluation.h"

namespace mini_bert {

// Counts every pair of an expected and a predicted label, both 0 … labels−1.
ConfusionMatrix confusion_matrix(std::span<const std::int32_t> expected, std::span<const std::int32_t> predicted,
                                 std::vector<std::string> labels);

// The share of examples that got their label.
double accuracy(const ConfusionMatrix& confusion);

// True positives, false positives and false negatives of one label, and what is computed from them. A share of nothing
// counts as 0, as in scikit-learn.
struct LabelCounts {
  Index hits = 0, false_alarms = 0, misses = 0;

  double precision() const;
  double recall() const;
  double f1() const;  // 2·hits / (2·hits + false alarms + misses), the harmonic mean of both
};
std::vector<LabelCounts> label_counts(const ConfusionMatrix& confusion);

// The mean over the labels that occur, expected or predicted; and one over all examples together.
double macro_f1(std::span<const LabelCounts> counts);
double micro_f1(std::span<const LabelCounts> counts);

// "accuracy", "f1_macro", "f1_micro" of one label for each example.
std::vector<Metric> single_label_metrics(const ConfusionMatrix& confusion);

// The same for any number of labels for each example: expected and predicted [examples · labels], 0 or 1. An example
// counts as accurate when all its labels are right.
std::vector<Metric> multi_label_metrics(std::span<const std::int32_t> expected, std::span<const std::int32_t> predicted,
                                        Index labels);

}  // namespace mini_bert
