#include "mini_bert/bert/metrics/regression.h"

#include <algorithm>
#include <cmath>
#include <compare>
#include <numeric>

namespace mini_bert {
namespace {

double mean(std::span<const double> x) {
  return std::accumulate(x.begin(), x.end(), 0.0) / static_cast<double>(x.size());
}

std::vector<double> ranks(std::span<const double> x) {
  std::vector<std::size_t> order(x.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  // What is not a number has a place too, and a rank of its own.
  std::ranges::sort(order, [&](std::size_t a, std::size_t b) { return std::strong_order(x[a], x[b]) < 0; });
  std::vector<double> ranks(x.size());
  for (std::size_t begin = 0, end = 0; begin < order.size(); begin = end) {
    do ++end;
    while (end < order.size() && x[order[end]] == x[order[begin]]);
    for (std::size_t i = begin; i < end; ++i) ranks[order[i]] = static_cast<double>(begin + end - 1) / 2;
  }
  return ranks;
}

}  // namespace

double pearson_correlation(std::span<const double> x, std::span<const double> y) {
  const double mean_x = mean(x), mean_y = mean(y);
  double xx = 0, yy = 0, xy = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    xx += (x[i] - mean_x) * (x[i] - mean_x);
    yy += (y[i] - mean_y) * (y[i] - mean_y);
    xy += (x[i] - mean_x) * (y[i] - mean_y);
  }
  return xx > 0 && yy > 0 ? xy / std::sqrt(xx * yy) : 0;
}

double spearman_correlation(std::span<const double> x, std::span<const double> y) {
  return pearson_correlation(ranks(x), ranks(y));
}

std::vector<Metric> regression_metrics(std::span<const double> expected, std::span<const double> predicted) {
  double squares = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) squares += std::pow(predicted[i] - expected[i], 2);
  return {{"pearson", pearson_correlation(expected, predicted)},
          {"spearman", spearman_correlation(expected, predicted)},
          {"mse", expected.empty() ? 0 : squares / static_cast<double>(expected.size())}};
}

}  // namespace mini_bert
