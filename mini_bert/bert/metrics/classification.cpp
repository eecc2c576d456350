#include "mini_bert/bert/metrics/classification.h"

#include <algorithm>

namespace mini_bert {
namespace {

double share(Index part, Index whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

ConfusionMatrix confusion_matrix(std::span<const std::int32_t> expected, std::span<const std::int32_t> predicted,
                                 std::vector<std::string> labels) {
  const std::size_t count = labels.size();
  ConfusionMatrix confusion{std::move(labels), std::vector<Index>(count * count, 0)};
  for (std::size_t i = 0; i < expected.size(); ++i) {
    ++confusion.counts.at(static_cast<std::size_t>(expected[i]) * count + static_cast<std::size_t>(predicted[i]));
  }
  return confusion;
}

double accuracy(const ConfusionMatrix& confusion) {
  Index right = 0, all = 0;
  const std::size_t labels = confusion.labels.size();
  for (std::size_t i = 0; i < confusion.counts.size(); ++i) {
    all += confusion.counts[i];
    if (i / labels == i % labels) right += confusion.counts[i];
  }
  return share(right, all);
}

double LabelCounts::precision() const {
  return share(hits, hits + false_alarms);
}
double LabelCounts::recall() const {
  return share(hits, hits + misses);
}
double LabelCounts::f1() const {
  return share(2 * hits, 2 * hits + false_alarms + misses);
}

std::vector<LabelCounts> label_counts(const ConfusionMatrix& confusion) {
  const std::size_t labels = confusion.labels.size();
  std::vector<LabelCounts> counts(labels);
  for (std::size_t expected = 0; expected < labels; ++expected) {
    for (std::size_t predicted = 0; predicted < labels; ++predicted) {
      const Index count = confusion.counts[expected * labels + predicted];
      if (expected == predicted) {
        counts[expected].hits += count;
      } else {
        counts[expected].misses += count;
        counts[predicted].false_alarms += count;
      }
    }
  }
  return counts;
}

double macro_f1(std::span<const LabelCounts> counts) {
  double sum = 0;
  Index occurring = 0;
  for (const LabelCounts& label : counts) {
    if (label.hits + label.false_alarms + label.misses == 0) continue;
    sum += label.f1();
    ++occurring;
  }
  return occurring == 0 ? 0 : sum / static_cast<double>(occurring);
}

double micro_f1(std::span<const LabelCounts> counts) {
  LabelCounts all;
  for (const LabelCounts& label : counts) {
    all.hits += label.hits;
    all.false_alarms += label.false_alarms;
    all.misses += label.misses;
  }
  return all.f1();
}

std::vector<Metric> single_label_metrics(const ConfusionMatrix& confusion) {
  const std::vector<LabelCounts> counts = label_counts(confusion);
  return {{"accuracy", accuracy(confusion)}, {"f1_macro", macro_f1(counts)}, {"f1_micro", micro_f1(counts)}};
}

std::vector<Metric> multi_label_metrics(std::span<const std::int32_t> expected, std::span<const std::int32_t> predicted,
                                        Index labels) {
  std::vector<LabelCounts> counts(static_cast<std::size_t>(labels));
  Index right = 0;
  for (std::size_t begin = 0; begin < expected.size(); begin += counts.size()) {
    right += std::ranges::equal(expected.subspan(begin, counts.size()), predicted.subspan(begin, counts.size()));
    for (std::size_t i = 0; i < counts.size(); ++i) {
      const bool is = expected[begin + i] != 0, found = predicted[begin + i] != 0;
      counts[i].hits += is && found;
      counts[i].false_alarms += !is && found;
      counts[i].misses += is && !found;
    }
  }
  const Index examples = static_cast<Index>(expected.size()) / labels;
  return {{"f1_micro", micro_f1(counts)}, {"f1_macro", macro_f1(counts)}, {"accuracy", share(right, examples)}};
}

}  // namespace mini_bert
