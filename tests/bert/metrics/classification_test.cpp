#include "mini_bert/bert/metrics/classification.h"

#include "tests/bert/metrics/metrics_testing.h"
#include "tests/catch.h"

using namespace mini_bert;
using Ids = std::vector<std::int32_t>;

TEST_CASE("classification metrics: those of scikit-learn", "[metrics]") {
  test::Draws draw(2);
  Ids expected, predicted;
  for (int i = 0; i < 300; ++i) expected.push_back(static_cast<std::int32_t>(draw.below(5)));
  for (const std::int32_t label : expected) {
    predicted.push_back(draw.below(2) != 0 ? label : static_cast<std::int32_t>(draw.below(7)));
  }
  const ConfusionMatrix confusion = confusion_matrix(expected, predicted, {"a", "b", "c", "d", "e", "f", "g", "never"});
  const std::vector<Metric> metrics = single_label_metrics(confusion);
  REQUIRE(metrics.size() == 3);
  CHECK(metrics[0].name == "accuracy");
  CHECK(metrics[0].value == Approx(0.5933333333333334).epsilon(1e-14));
  CHECK(metrics[1].name == "f1_macro");
  CHECK(metrics[1].value == Approx(0.45117642471506064).epsilon(1e-14));
  CHECK(metrics[2].name == "f1_micro");
  CHECK(metrics[2].value == Approx(0.5933333333333334).epsilon(1e-14));
}

TEST_CASE("classification metrics of several labels: those of scikit-learn", "[metrics]") {
  test::Draws draw(3);
  Ids expected, predicted;
  for (int i = 0; i < 600; ++i) expected.push_back(draw.below(4) == 0);
  for (const std::int32_t label : expected) predicted.push_back(draw.below(4) != 0 ? label : draw.below(2) == 0);
  const std::vector<Metric> metrics = multi_label_metrics(expected, predicted, 6);
  CHECK(metrics[0].name == "f1_micro");
  CHECK(metrics[0].value == Approx(0.7987804878048781).epsilon(1e-14));
  CHECK(metrics[1].name == "f1_macro");
  CHECK(metrics[1].value == Approx(0.7971317621749243).epsilon(1e-14));
  CHECK(metrics[2].name == "accuracy");
  CHECK(metrics[2].value == Approx(0.5).epsilon(1e-14));
}

TEST_CASE("confusion_matrix: rows are what was right, columns what was said", "[metrics]") {
  const ConfusionMatrix confusion = confusion_matrix(Ids{0, 0, 1, 1, 1}, Ids{0, 1, 0, 0, 1}, {"no", "yes"});
  CHECK(confusion.counts == std::vector<Index>{1, 1, 2, 1});
  const std::vector<LabelCounts> counts = label_counts(confusion);
  CHECK(counts[1].hits == 1);
  CHECK(counts[1].false_alarms == 1);
  CHECK(counts[1].misses == 2);
  CHECK(counts[1].precision() == 0.5);
  CHECK(counts[1].recall() == Approx(1.0 / 3));
  CHECK(counts[1].f1() == Approx(0.4));
}

TEST_CASE("classification metrics of nothing are 0", "[metrics]") {
  for (const Metric& metric : single_label_metrics(confusion_matrix({}, {}, {"a", "b"}))) CHECK(metric.value == 0);
  for (const Metric& metric : multi_label_metrics({}, {}, 3)) CHECK(metric.value == 0);
}
