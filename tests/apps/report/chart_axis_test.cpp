#include "apps/report/chart_axis.h"

#include "tests/catch.h"

namespace mini_bert {
namespace {

TEST_CASE("round_ticks: round values in the range, written alike") {
  CHECK(round_ticks(0, 300, 5).values == std::vector<double>{0, 100, 200, 300});
  CHECK(round_ticks(0, 300, 5).labels == std::vector<std::string>{"0", "100", "200", "300"});
  CHECK(round_ticks(0, 3, 8).labels == std::vector<std::string>{"0", "0.5", "1.0", "1.5", "2.0", "2.5", "3.0"});
  CHECK(round_ticks(0, 12345, 4).labels == std::vector<std::string>{"0", "5,000", "10,000"});
  CHECK(round_ticks(0, 1.2e-4, 5).labels == std::vector<std::string>{"0", "5e-05", "1e-04"});
  CHECK(round_ticks(9e-5, 1.2e-4, 4).labels == std::vector<std::string>{"9e-05", "1e-04", "1.1e-04", "1.2e-04"});
  CHECK(round_ticks(0, 4e7, 5).labels == std::vector<std::string>{"0", "1e+07", "2e+07", "3e+07", "4e+07"});
  for (const double high : {1e-30, 0.7, 1.0, 3.3, 99.0, 1e5, 7e200}) {
    for (int limit = 2; limit < 12; ++limit) {
      const Ticks ticks = round_ticks(0, high, limit);
      INFO(high << " in " << limit);
      CHECK(!ticks.values.empty());
      CHECK(ticks.values.size() <= static_cast<std::size_t>(limit));
      CHECK(ticks.labels.size() == ticks.values.size());
      std::vector<std::string> labels = ticks.labels;
      std::ranges::sort(labels);
      CHECK(std::ranges::adjacent_find(labels) == labels.end());
    }
  }
}

TEST_CASE("axis_of: holds every value between its ends") {
  for (const bool from_zero : {false, true}) {
    for (const std::vector<double>& values :
         std::vector<std::vector<double>>{{}, {3}, {0, 0}, {-2, 7.5}, {1, 2, 3, 1e9}}) {
      Axis axis = axis_of(values, from_zero, 5);
      axis.from = 100, axis.to = 200;
      REQUIRE(axis.low < axis.high);
      CHECK(axis.logarithmic == (values.size() == 4));
      CHECK(axis.ticks.values.size() == axis.ticks.labels.size());
      CHECK(axis.ticks.values.size() >= 2);
      for (std::size_t i = 1; i < values.size(); ++i) {
        INFO(values[i]);
        CHECK(axis.at(values[i - 1]) <= axis.at(values[i]));
        CHECK(axis.at(values[i]) >= 100);
        CHECK(axis.at(values[i]) <= 200);
      }
      if (from_zero && !axis.logarithmic) CHECK(axis.low <= 0);
    }
  }
}

}  // namespace
}  // namespace mini_bert
