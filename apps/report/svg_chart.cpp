#include "apps/report/svg_chart.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "apps/report/chart_axis.h"
#include "apps/report/html.h"
#include "apps/report/texts.h"

namespace mini_bert {
namespace {

constexpr double letter = 6.8;  // width of a letter in the 12 px labels, slightly more than the widest digits need
constexpr double line = 17;     // distance between lines of text
constexpr std::size_t most_points = 400, most_dots = 40;
constexpr std::size_t means = 60;  // number of points in the mean line of a dense series

// The width in the language that needs most. A sign of three bytes, such as a Chinese one, is as wide as it is high.
double text_width(const Text& text) {
  constexpr double wide = 12;
  double widest = 0;
  for (std::size_t i = 0; i < report_languages.size(); ++i) {
    double width = 0;
    for (const char c : text.in(i)) {
      const auto byte = static_cast<unsigned char>(c);
      if ((byte & 0xC0) != 0x80) width += byte < 0xE0 ? letter : wide;
    }
    widest = std::max(widest, width);
  }
  return widest;
}

// The means of equally long runs of points. They show the trend of a series that is too noisy to read.
std::vector<ChartPoint> averaged(const std::vector<ChartPoint>& points) {
  std::vector<ChartPoint> kept;
  for (std::size_t run = 0; run < means; ++run) {
    const std::size_t begin = points.size() * run / means, end = points.size() * (run + 1) / means;
    ChartPoint mean{0, 0};
    for (std::size_t i = begin; i < end; ++i) {
      mean.x += points[i].x / static_cast<double>(end - begin);
      mean.y += points[i].y / static_cast<double>(end - begin);
    }
    kept.push_back(mean);
  }
  return kept;
}

class Drawing {
 public:
  Drawing(const Chart& chart, double width, double height);
  std::string svg() const { return svg_ + "</svg>\n"; }

 private:
  void draw_legend();
  void draw_values();
  void draw_steps();
  void draw_series(const ChartSeries& series);
  void draw_line(const std::vector<ChartPoint>& points, const std::string& style);
  void draw_mark(const ChartMark& mark);
  void add_line(double x1, double y1, double x2, double y2, const std::string& style) {
    svg_ += fmt::format("<line class=\"{}\" x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" />\n", style, x1,
                        y1, x2, y2);
  }
  void add_text(double x, double y, const char* anchor, const Text& text, const std::string& style = "label") {
    const std::string start =
        fmt::format("text class=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\"", style, x, y, anchor);
    svg_ += element(start, text) + "\n";
  }

  const Chart& chart_;
  std::vector<ChartSeries> series_;  // the chart's finite points
  double left_, right_, top_, bottom_;
  Axis x_, y_;
  std::string svg_;
};

Drawing::Drawing(const Chart& chart, double width, double height) : chart_(chart), series_(chart.series) {
  for (ChartSeries& series : series_) {
    std::erase_if(series.points, [](const ChartPoint& p) { return !std::isfinite(p.x) || !std::isfinite(p.y); });
    for (ChartPoint& point : series.points)
      point.y = std::clamp(point.y, -1e300, 1e300);  // so that sums do not overflow
    if (!series.points.empty()) x_.high = std::max(x_.high, series.points.back().x);
  }
  const bool has_legend = series_.size() > 1;
  std::vector<double> values;
  for (const ChartSeries& series : series_) {
    for (const ChartPoint& point : series.points) values.push_back(point.y);
  }
  y_ = axis_of(std::move(values), chart.from_zero, std::max(2, static_cast<int>(height / 40)));

  double widest = text_width(chart.steps_per_epoch > 0 ? say::epoch_axis : say::step_axis);
  for (const std::string& label : y_.ticks.labels) widest = std::max(widest, text_width(label));
  left_ = widest + 16;
  right_ = width - 30;  // half of a step number may extend beyond the axis
  top_ = (has_legend ? 26 : 10) + (y_.logarithmic ? line : 0);
  bottom_ = height - (chart.steps_per_epoch > 0 ? 2 : 1) * line - 8;
  x_.from = left_, x_.to = right_;
  y_.from = bottom_, y_.to = top_;

  svg_ =
      fmt::format("<svg class=\"chart\" viewBox=\"0 0 {0:g} {1:g}\" width=\"{0:g}\" height=\"{1:g}\" role=\"img\">\n",
                  width, height);
  svg_ += element("title", chart.title) + "\n" + element("desc", chart.description) + "\n";
  draw_values();
  draw_steps();
  if (has_legend) draw_legend();
  for (const ChartSeries& series : series_) draw_series(series);
  if (chart.mark && std::isfinite(chart.mark->point.y)) draw_mark(*chart.mark);
}

void Drawing::draw_legend() {
  double x = left_;
  for (const ChartSeries& series : series_) {
    add_line(x, 10, x + 20, 10, "line " + series.style);
    add_text(x + 27, 14, "start", series.name);
    x += 27 + text_width(series.name) + 16;
  }
}

void Drawing::draw_values() {
  if (y_.logarithmic) add_text(left_, top_ - 8, "start", say::logarithmic);
  for (std::size_t i = 0; i < y_.ticks.values.size(); ++i) {
    const double y = y_.at(y_.ticks.values[i]);
    add_line(left_, y, right_, y, "grid");
    add_text(left_ - 11, y + 4, "end", y_.ticks.labels[i]);
  }
}

void Drawing::draw_steps() {
  const auto draw_row = [this](const Text& name, double per_unit, double y, int limit) {
    add_text(left_ - 11, y, "end", name);
    const Ticks ticks = round_ticks(0, x_.high / per_unit, limit);
    for (std::size_t i = 0; i < ticks.values.size(); ++i) {
      add_text(x_.at(ticks.values[i] * per_unit), y, "middle", ticks.labels[i], "label");
    }
    return ticks;
  };
  const int limit = std::max(2, static_cast<int>((right_ - left_) / 62));
  const Ticks steps =
      draw_row(say::step_axis, 1, bottom_ + line, static_cast<int>(std::min<double>(limit, 1 + std::floor(x_.high))));
  add_line(left_, bottom_, right_, bottom_, "axis");
  for (const double step : steps.values) add_line(x_.at(step), bottom_, x_.at(step), bottom_ + 4, "axis");
  if (chart_.steps_per_epoch > 0) draw_row(say::epoch_axis, chart_.steps_per_epoch, bottom_ + 2 * line, limit);
}

void Drawing::draw_series(const ChartSeries& series) {
  const std::vector<ChartPoint> points = thin(series.points, most_points);
  const bool dense = points.size() > dense_from;
  draw_line(points, series.style + (dense ? " faint" : ""));
  if (dense) draw_line(averaged(series.points), series.style);
  if (points.size() > most_dots) return;
  for (const ChartPoint& point : points) {
    svg_ += fmt::format("<circle class=\"dot {}\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3\">", series.style, x_.at(point.x),
                        y_.at(point.y));
    svg_ +=
        element("title", phrased(say::dot, series.name, count_text(std::llround(point.x)), point.y)) + "</circle>\n";
  }
}

void Drawing::draw_line(const std::vector<ChartPoint>& points, const std::string& style) {
  if (points.size() < 2) return;
  std::string coordinates;
  for (const ChartPoint& point : points) coordinates += fmt::format("{:.1f},{:.1f} ", x_.at(point.x), y_.at(point.y));
  coordinates.pop_back();
  svg_ += fmt::format("<polyline class=\"line {}\" points=\"{}\" />\n", style, coordinates);
}

void Drawing::draw_mark(const ChartMark& mark) {
  const double x = x_.at(mark.point.x), y = y_.at(mark.point.y), half = text_width(mark.label) / 2;
  svg_ += fmt::format("<circle class=\"ring\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"6\" />\n", x, y);
  const double middle = std::max(left_ + half, std::min(x, right_ + 28 - half));
  // The label goes below or above the ring, where it covers fewer points.
  const auto in_the_way = [&](double baseline) {
    std::ptrdiff_t points = baseline < top_ + 10 || baseline > bottom_ - 4 ? 1'000'000 : 0;
    for (const ChartSeries& series : series_) {
      points += std::ranges::count_if(series.points, [&](const ChartPoint& point) {
        return std::abs(x_.at(point.x) - middle) < half && std::abs(y_.at(point.y) - (baseline - 4)) < 9;
      });
    }
    return points;
  };
  const double below = y + 22, above = y - 12;
  add_text(middle, in_the_way(above) < in_the_way(below) ? above : below, "middle", mark.label, "mark");
}

}  // namespace

std::vector<ChartPoint> thin(const std::vector<ChartPoint>& points, std::size_t limit) {
  if (points.size() <= limit) return points;
  std::vector<ChartPoint> kept = {points.front()};
  const std::size_t runs = (limit - 2) / 2, inner = points.size() - 2;
  const auto lower = [](const ChartPoint& a, const ChartPoint& b) { return a.y < b.y; };
  for (std::size_t run = 0; run < runs; ++run) {
    const auto begin = points.begin() + 1 + static_cast<std::ptrdiff_t>(inner * run / runs);
    const auto end = points.begin() + 1 + static_cast<std::ptrdiff_t>(inner * (run + 1) / runs);
    const auto [lowest, highest] = std::minmax_element(begin, end, lower);
    kept.push_back(*std::min(lowest, highest));
    if (lowest != highest) kept.push_back(*std::max(lowest, highest));
  }
  kept.push_back(points.back());
  return kept;
}

std::string render_chart(const Chart& chart, double width, double height) {
  return Drawing(chart, width, height).svg();
}

std::string render_small_chart(const SmallChart& small) {
  Chart chart;
  chart.title = phrased(say::by_step, small.name);
  chart.from_zero = small.from_zero;
  chart.series.push_back({small.name, "other", small.points});
  return "<figure class=\"card\">\n" + element("h3", small.name) + "\n" + render_chart(chart, 370, 200) +
         element("figcaption", small.caption) + "\n</figure>\n";
}

}  // namespace mini_bert
