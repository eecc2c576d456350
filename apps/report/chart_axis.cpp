#include "apps/report/chart_axis.h"

#include <fmt/core.h>

#include "apps/report/html.h"

namespace mini_bert {
namespace {

constexpr double logarithmic_from = 1000;  // highest value divided by the median

// The smallest of 1, 2, 5 × 10^k that divides a span into fewer than `limit` pieces.
struct Spacing {
  double size;
  int decimals;
};
Spacing spacing(double span, int limit) {
  const double least = span / std::max(1, limit - 1);
  const int power = static_cast<int>(std::floor(std::log10(least)));
  for (const double digit : {1.0, 2.0, 5.0}) {
    if (digit * std::pow(10.0, power) >= least * (1 - 1e-9))
      return {digit * std::pow(10.0, power), std::max(0, -power)};
  }
  return {std::pow(10.0, power + 1), std::max(0, -power - 1)};
}

// Writes a value with an exponent and enough digits to distinguish it from its neighbours: 1.2e-04, 8e-05.
std::string with_exponent(double value, double spacing) {
  const int digits = static_cast<int>(std::floor(std::log10(std::abs(value))) - std::floor(std::log10(spacing) + 1e-9));
  std::string text = fmt::format("{:.{}e}", value, std::clamp(digits, 0, 12));
  const std::size_t exponent = text.find('e'), last = text.find_last_not_of('0', exponent - 1);
  if (text.find('.') < exponent) text.erase(text[last] == '.' ? last : last + 1, exponent - last - (text[last] != '.'));
  return text;
}

std::string tick_label(double value, const Spacing& spacing, double largest) {
  if (value == 0) return "0";
  if (largest >= 1e7 || spacing.size < 1e-4) return with_exponent(value, spacing.size);
  if (spacing.decimals > 0) return fmt::format("{:.{}f}", value, spacing.decimals);
  return count_text(std::llround(value));
}

Ticks ticks_between(double low, double high, const Spacing& spacing) {
  const double first = std::ceil(low / spacing.size - 1e-6), last = std::floor(high / spacing.size + 1e-6);
  const double largest = std::max(std::abs(low), std::abs(high));
  Ticks ticks;
  for (double i = first; i <= last; ++i) {
    const double value = i == 0 ? 0 : i * spacing.size;
    ticks.values.push_back(value);
    ticks.labels.push_back(tick_label(value, spacing, largest));
  }
  return ticks;
}

Axis linear_axis(double low, double high, bool from_zero, int limit) {
  if (from_zero) low = std::min(low, 0.0);
  if (!(high - low > 1e-9 * std::max(std::abs(low), std::abs(high)))) {  // all values are equal
    const double room = high == 0 ? 1 : 0.1 * std::abs(high);
    if (!from_zero) low -= room;
    high += room;
  }
  const Spacing step = spacing(high - low, limit);
  Axis axis;
  axis.low = step.size * std::floor(low / step.size + 1e-9);
  axis.high = step.size * std::ceil(high / step.size - 1e-9);
  axis.ticks = ticks_between(axis.low, axis.high, step);
  return axis;
}

Axis logarithmic_axis(double low, double high, int limit) {
  Axis axis;
  axis.logarithmic = true;
  axis.low = std::floor(std::log10(low));
  axis.high = std::ceil(std::log10(high));
  const int stride = static_cast<int>(std::ceil((axis.high - axis.low) / limit));
  for (double power = axis.low; power <= axis.high; power += stride) {
    const double value = std::pow(10.0, power);
    axis.ticks.values.push_back(value);
    axis.ticks.labels.push_back(std::abs(power) <= 3 ? fmt::format("{:g}", value) : fmt::format("{:.0e}", value));
  }
  return axis;
}

}  // namespace

Ticks round_ticks(double low, double high, int limit) {
  return ticks_between(low, high, spacing(high - low, limit));
}

Axis axis_of(std::vector<double> values, bool from_zero, int limit) {
  if (values.empty()) return linear_axis(0, 1, from_zero, limit);
  std::ranges::sort(values);
  const double low = values.front(), median = values[values.size() / 2], high = values.back();
  return low > 0 && high / median > logarithmic_from ? logarithmic_axis(low, high, limit)
                                                     : linear_axis(low, high, from_zero, limit);
}

}  // namespace mini_bert
