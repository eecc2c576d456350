#include "mini_bert/bert/metrics/regression.h"

#include <limits>

#include "tests/bert/metrics/metrics_testing.h"
#include "tests/catch.h"

using namespace mini_bert;

TEST_CASE("regression metrics: those of scipy, ties included", "[metrics]") {
  test::Draws draw(4);
  std::vector<double> x, y;
  for (int i = 0; i < 100; ++i) x.push_back(draw.below(20));
  for (const double value : x) y.push_back(0.5 * value + draw.below(15));
  const std::vector<Metric> metrics = regression_metrics(x, y);
  REQUIRE(metrics.size() == 3);
  CHECK(metrics[0].name == "pearson");
  CHECK(metrics[0].value == Approx(0.5555019356804284).epsilon(1e-12));
  CHECK(metrics[1].name == "spearman");
  CHECK(metrics[1].value == Approx(0.535006069353865).epsilon(1e-12));
}

TEST_CASE("regression metrics of what is known", "[metrics]") {
  const std::vector<double> x = {1, 2, 3, 4}, up = {10, 20, 30, 40}, curve = {1, 10, 100, 1000}, down = {4, 3, 2, 1};
  CHECK(pearson_correlation(x, up) == Approx(1));
  CHECK(pearson_correlation(x, down) == Approx(-1));
  CHECK(spearman_correlation(x, curve) == Approx(1));
  CHECK(pearson_correlation(x, curve) < 0.9);
  CHECK(pearson_correlation(x, std::vector<double>(4, 2)) == 0);
  CHECK(regression_metrics(x, down)[2].value == Approx((9 + 1 + 1 + 9) / 4.0));
}

// A model that has diverged predicts what is not a number.
TEST_CASE("regression metrics end, whatever was predicted", "[metrics]") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<double> expected = {1, 2, 3, 4};
  for (const std::vector<double>& predicted : {std::vector<double>{nan, nan, nan, nan},
                                               {1, nan, 2, -nan},
                                               {0.0, -0.0, std::numeric_limits<double>::infinity(), nan}}) {
    CHECK(regression_metrics(expected, predicted).size() == 3);
  }
}
