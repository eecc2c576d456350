#pragma once

#include <span>

#include "mini_bert/bert/metrics/evaluation.h"

namespace mini_bert {

// Pearson's correlation, Σ(x−x̄)(y−ȳ) / √(Σ(x−x̄)²·Σ(y−ȳ)²). It is 0 when x or y is constant, where the formula is
// undefined.
double pearson_correlation(std::span<const double> x, std::span<const double> y);

// Spearman's correlation: Pearson's correlation of the ranks. Equal numbers get the mean of their ranks.
double spearman_correlation(std::span<const double> x, std::span<const double> y);

// "pearson", "spearman" and "mse" (mean squared error) of predicted numbers.
std::vector<Metric> regression_metrics(std::span<const double> expected, std::span<const double> predicted);

}  // namespace mini_bert
