#pragma once

#include <cstdint>
#include <span>

#include "mini_bert/bert/metrics/evaluation.h"

namespace mini_bert {

// Counts each pair of an expected and a predicted label, both 0 … labels−1.
ConfusionMatrix confusion_matrix(std::span<const std::int32_t> expected, std::span<const std::int32_t> predicted,
                                 std::vector<std::string> labels);

// The share of examples whose predicted label is the expected one.
double accuracy(const ConfusionMatrix& confusion);

// True positives, false positives and false negatives of one label, and the scores that follow from them. A score whose
// denominator is 0 counts as 0, as in scikit-learn.
struct LabelCounts {
  Index hits = 0, false_alarms = 0, misses = 0;

  double precision() const;
  double recall() const;
  double f1() const;  // 2·hits / (2·hits + false alarms + misses), the harmonic mean of precision and recall
};
std::vector<LabelCounts> label_counts(const ConfusionMatrix& confusion);

// macro_f1: the mean of f1 over the labels that occur, expected or predicted. micro_f1: f1 of the counts summed over
// all labels.
double macro_f1(std::span<const LabelCounts> counts);
double micro_f1(std::span<const LabelCounts> counts);

// "accuracy", "f1_macro" and "f1_micro" for examples with one label each.
std::vector<Metric> single_label_metrics(const ConfusionMatrix& confusion);

// The same metrics for examples with any number of labels. `expected` and `predicted` are [examples · labels], 0 or 1.
// An example counts as accurate when all its labels are right.
std::vector<Metric> multi_label_metrics(std::span<const std::int32_t> expected, std::span<const std::int32_t> predicted,
                                        Index labels);

}  // namespace mini_bert
