#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace mini_bert {

// A series of more points than this is drawn faintly, behind the line of its means.
inline constexpr std::size_t dense_from = 150;

struct ChartPoint {
  double x, y;
  bool operator==(const ChartPoint&) const = default;
};

struct ChartSeries {
  std::string name;                // in the legend
  std::string style;               // the CSS class that gives its colour
  std::vector<ChartPoint> points;  // by rising x
};

struct ChartMark {
  ChartPoint point;
  std::string label;
};

// Lines over the steps of a run. Texts are plain; render_chart escapes them.
struct Chart {
  std::string title, description;  // what a screen reader says of it
  std::vector<ChartSeries> series;
  bool from_zero = false;         // the y axis shows 0
  double steps_per_epoch = 0;     // > 0: a second row of ticks counts epochs
  std::optional<ChartMark> mark;  // a ring around one point
};

// One <svg> element of `width` × `height` units; everything drawn lies inside. The y axis is logarithmic where the
// highest value is more than 1000 times the median. A series is thinned to 400 points; one of up to 40 gets dots, which
// show their values under the mouse. What is not finite is left out.
std::string render_chart(const Chart& chart, double width, double height);

// At most `limit` (≥ 4) of the points: the first, the last, and of every run of points between them the lowest and the
// highest, so that no spike is lost.
std::vector<ChartPoint> thin(const std::vector<ChartPoint>& points, std::size_t limit);

// The round values (1, 2 or 5 times a power of ten apart, at most `limit` ≥ 2) that lie in [low, high], and how to
// write them.
struct Ticks {
  std::vector<double> values;
  std::vector<std::string> labels;
};
Ticks round_ticks(double low, double high, int limit);

}  // namespace mini_bert
