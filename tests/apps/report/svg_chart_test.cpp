#include "apps/report/svg_chart.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "tests/apps/report/markup.h"
#include "tests/catch.h"

namespace mini_bert {
namespace {

Chart chart_of(std::vector<ChartPoint> points) {
  Chart chart;
  chart.title = "a <chart>";
  chart.series.push_back({"values & more", "training", std::move(points)});
  return chart;
}

std::vector<ChartPoint> line_of(int n, double scale = 1) {
  std::vector<ChartPoint> points;
  for (int i = 0; i < n; ++i) points.push_back({double(i), scale * (2 + std::sin(i * i))});
  return points;
}

std::vector<const Tag*> tags_of(const Markup& markup, const std::string& name) {
  std::vector<const Tag*> found;
  for (const Tag& tag : markup.tags) {
    if (tag.name == name) found.push_back(&tag);
  }
  return found;
}

TEST_CASE("thin: keeps the ends and every spike") {
  std::vector<ChartPoint> points = line_of(10'000);
  CHECK(thin(points, 10'000) == points);
  points[3'333].y = 50;
  points[7'777].y = -50;
  const std::vector<ChartPoint> kept = thin(points, 400);
  CHECK(kept.size() <= 400);
  CHECK(kept.size() > 300);
  CHECK(kept.front() == points.front());
  CHECK(kept.back() == points.back());
  CHECK(std::ranges::count(kept, points[3'333]) == 1);
  CHECK(std::ranges::count(kept, points[7'777]) == 1);
  CHECK(std::ranges::is_sorted(kept, {}, &ChartPoint::x));
  CHECK(thin(line_of(5), 4).size() == 4);
}

TEST_CASE("render_chart: everything lies in the view box") {
  const double huge = std::numeric_limits<double>::max(), infinity = std::numeric_limits<double>::infinity();
  std::vector<std::vector<ChartPoint>> cases = {
      {},
      {{0, 0}},
      {{1, 8.3}},
      {{7, huge}},
      {{1, 5}, {2, 5}},
      {{1, 0}, {2, 0}},
      {{1, -3}, {2, 4}},
      {{1, 1e-300}, {2, 1e-308}},
      {{1, 0}, {2, huge}},
      {{1, -huge}, {2, huge}},
      {{1, 1e-9}, {2, 1}, {3, huge}},
      {{1, infinity}, {2, 3}, {3, std::nan("")}},
      {{1e12, 3}, {2e12, 4}},
      {{1, 1e9}, {2, 1e9 + 1}},
      line_of(200),
      line_of(5'000, 1e6),
  };
  for (std::size_t i = 0; i < cases.size(); ++i) {
    Chart chart = chart_of(cases[i]);
    for (const bool zero : {false, true}) {
      for (const bool epochs : {false, true}) {
        chart.from_zero = zero;
        chart.steps_per_epoch = epochs ? 0.37 : 0;
        if (!cases[i].empty()) chart.mark = ChartMark{cases[i].front(), "best: 8.300, step 1,000,000"};
        const std::string svg = render_chart(chart, epochs ? 350 : 780, 280);
        const Markup markup = read_markup(svg);
        INFO("case " << i << ": " << svg.substr(0, 2'000));
        CHECK(markup.error == "");
        CHECK(outside_of_view_box(markup) == "");
        CHECK(svg.find("nan") == std::string::npos);
        CHECK(svg.find("inf") == std::string::npos);
      }
    }
  }
}

TEST_CASE("render_chart: points stand where their values say") {
  Chart chart = chart_of({{0, 10}, {50, 20}, {100, 40}});
  chart.from_zero = true;
  const Markup markup = read_markup(render_chart(chart, 780, 340));
  const auto lines = tags_of(markup, "polyline");
  REQUIRE(lines.size() == 1);
  const std::vector<double> at = numbers(lines[0]->attribute("points"));
  REQUIRE(at.size() == 6);
  CHECK(std::abs((at[2] - at[0]) - (at[4] - at[2])) < 0.25);
  CHECK(std::abs((at[3] - at[5]) - 2 * (at[1] - at[3])) < 0.35);  // y grows downwards
  CHECK(at[5] < at[3]);
  CHECK(tags_of(markup, "circle").size() == 3);
  CHECK_THAT(markup.text, ContainsSubstring("a <chart>"));
  CHECK_THAT(markup.text, ContainsSubstring("values & more, step 50: 20"));
}

TEST_CASE("render_chart: many points become a faint line, their means and no dots") {
  const Markup markup = read_markup(render_chart(chart_of(line_of(3'000)), 780, 340));
  const auto lines = tags_of(markup, "polyline");
  REQUIRE(lines.size() == 2);
  CHECK(lines[0]->attribute("class") == "line training faint");
  CHECK(lines[1]->attribute("class") == "line training");
  CHECK(numbers(lines[0]->attribute("points")).size() <= 800);
  CHECK(tags_of(markup, "circle").empty());
}

TEST_CASE("render_chart: only what towers above the rest makes the axis logarithmic") {
  const auto logarithmic = [](std::vector<ChartPoint> points) {
    return read_markup(render_chart(chart_of(std::move(points)), 780, 340)).text.find("logarithmic") !=
           std::string::npos;
  };
  CHECK(logarithmic({{1, 1}, {2, 2}, {3, 1e5}}));
  CHECK_FALSE(logarithmic({{1, 1}, {2, 2}, {3, 900}}));
  CHECK_FALSE(logarithmic({{1, 5e-5}, {2, 3e-5}, {3, 1e-12}}));  // a learning rate that runs out
  CHECK_FALSE(logarithmic({{1, 0}, {2, 2}, {3, 1e5}}));          // 0 has no logarithm
}

}  // namespace
}  // namespace mini_bert
