#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

namespace mini_bert {

// The round values in [low, high] and their labels. Their distance is 1, 2 or 5 times a power of ten. There are at most
// `limit` (≥ 2) values.
struct Ticks {
  std::vector<double> values;
  std::vector<std::string> labels;
};
Ticks round_ticks(double low, double high, int limit);

// Maps the values of one dimension to coordinates of the picture.
struct Axis {
  double low = 0, high = 1;  // values, or their logarithms on a logarithmic axis
  double from = 0, to = 1;   // coordinates
  bool logarithmic = false;
  Ticks ticks;

  double at(double value) const {
    if (logarithmic) value = std::log10(value);
    return from + (to - from) * std::clamp((value - low) / (high - low), 0.0, 1.0);
  }
};

// The axis of these values, with at most about `limit` (≥ 2) ticks. It is logarithmic when the highest value is more
// than 1000 times the median, and begins at 0 or below where `from_zero` is set. `from` and `to` are the caller's.
Axis axis_of(std::vector<double> values, bool from_zero, int limit);

}  // namespace mini_bert
