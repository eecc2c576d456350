#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "apps/report/text.h"

namespace mini_bert {

// A series with more points than this is drawn faintly behind a line of its means.
inline constexpr std::size_t dense_from = 150;

struct ChartPoint {
  double x, y;
  bool operator==(const ChartPoint&) const = default;
};

struct ChartSeries {
  Text name;                       // appears in the legend
  std::string style;               // the CSS class with its colour
  std::vector<ChartPoint> points;  // sorted by x
};

struct ChartMark {
  ChartPoint point;
  Text label;
};

// Lines over the steps of a run. Texts are plain; render_chart() escapes them.
struct Chart {
  Text title, description;  // description: for screen readers
  std::vector<ChartSeries> series;
  bool from_zero = false;         // the y axis starts at 0
  double steps_per_epoch = 0;     // if > 0, a second row of ticks counts epochs
  std::optional<ChartMark> mark;  // a ring around one point, with a label
};

// Renders one <svg> element of `width` × `height` units. Everything drawn lies inside. The y axis is logarithmic when
// the highest value is more than 1000 times the median. A series is thinned to 400 points. A series of up to 40 points
// gets dots that show their values under the mouse. Values that are not finite are left out.
std::string render_chart(const Chart& chart, double width, double height);

// A figure with a heading, a chart of one series, and a caption.
struct SmallChart {
  Text name, caption;
  std::vector<ChartPoint> points;
  bool from_zero = false;
};
std::string render_small_chart(const SmallChart& small);

// Returns at most `limit` (≥ 4) of the points, and keeps every spike. It keeps the first and the last point. The others
// are divided into runs, of which it keeps the lowest and the highest point.
std::vector<ChartPoint> thin(const std::vector<ChartPoint>& points, std::size_t limit);

}  // namespace mini_bert
