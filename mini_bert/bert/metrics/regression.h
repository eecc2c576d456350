#pragma once

#include <span>

#include "mini_bert/bert/metrics/evaluation.h"

namespace mini_bert {

// Pearson's correlation, Σ(x−x̄)(y−ȳ) / √(Σ(x−x̄)²·Σ(y−ȳ)²); 0 when x or y is constant, where it is not defined.
double pearson_correlation(std::span<const double> x, std::span<const double> y);

// Spearman's: that of the ranks, equal numbers sharing the mean of theirs.
double spearman_correlation(std::span<const double> x, std::span<const double> y);

// "pearson", "spearman" and "mse" of predicted numbers.
std::vector<Metric> regression_metrics(std::span<const double> expected, std::span<const double> predicted);

}  // namespace mini_bert
