#include "mini_bert/autograd/ops/segment_cross_entropy.h"

#include "tests/autograd/op_testing.h"

namespace mini_bert::testing {
namespace {

// Segments of unequal lengths that cover `rows` rows.
SequenceOffsets some_segments(Index rows) {
  std::vector<Index> lengths;
  for (Index length = 1; rows > 0; length = length % 5 + 2) {
    lengths.push_back(std::min(length, rows));
    rows -= lengths.back();
  }
  return SequenceOffsets(lengths);
}

// A label in every segment and column.
Tensor some_labels(const SequenceOffsets& segments, Index columns) {
  std::vector<std::int32_t> labels;
  for (Index s = 0; s < segments.count(); ++s) {
    for (Index c = 0; c < columns; ++c) labels.push_back(static_cast<std::int32_t>((7 * s + c) % segments.length(s)));
  }
  return Tensor::from(labels, {segments.count(), columns});
}

double expected_loss(const Tensor& logits, const SequenceOffsets& segments, const Tensor& labels) {
  const std::vector<double> z = doubles(logits);
  const Index columns = logits.cols();
  double loss = 0;
  for (Index s = 0; s < segments.count(); ++s) {
    for (Index c = 0; c < columns; ++c) {
      double sum = 0;
      for (Index t = segments.begin(s); t < segments.end(s); ++t) sum += std::exp(z[t * columns + c]);
      const Index right = segments.begin(s) + labels.values<std::int32_t>()[s * columns + c];
      loss -= std::log(std::exp(z[right * columns + c]) / sum);
    }
  }
  return loss;
}

TEST_CASE("segment_cross_entropy is −Σ log softmax down the columns of each segment", "[segment_cross_entropy]") {
  for (const DType dtype : {DType::f32, DType::f64}) {
    for (const Shape& shape : shapes) {
      const Var logits = random_var(shape, dtype);
      const SequenceOffsets segments = some_segments(shape[0]);
      const Tensor labels = some_labels(segments, shape[1]);
      const double expected = expected_loss(logits.value(), segments, labels);
      CAPTURE(name_of(dtype), shape[0], shape[1]);
      CHECK(difference(segment_cross_entropy(logits, segments, labels, 3.5).value(), {expected / 3.5}) <
            tolerance(dtype));
    }
  }
}

TEST_CASE("segment_cross_entropy of very large logits is finite", "[segment_cross_entropy]") {
  for (const DType dtype : {DType::f32, DType::f64}) {
    const Var logits(Tensor::from(std::vector<double>{1e4, 0, -1e4, 1e4, -1e4}, {5, 1}).to(dtype), true);
    const SequenceOffsets segments(std::vector<Index>{3, 2});
    Tape tape;
    const Var loss = segment_cross_entropy(logits, segments, Tensor::from(std::vector<std::int32_t>{0, 1}, {2, 1}), 1);
    CHECK(std::abs(loss.value().item() - 2e4) < 0.01);
    tape.backward(loss);
    CHECK(difference(logits.grad(), {0, 0, 0, 1, -1}) < 1e-6);
  }
}

TEST_CASE("segment_cross_entropy refuses labels and shapes that do not fit", "[segment_cross_entropy]") {
  const Var logits = random_var({5, 2});
  const SequenceOffsets segments(std::vector<Index>{3, 2});
  const auto labels = [](const std::vector<std::int32_t>& values) { return Tensor::from(values, {2, 2}); };
  CHECK_THROWS_WITH(segment_cross_entropy(logits, segments, labels({0, 0, 0, 2}), 1),
                    ContainsSubstring("segment_cross_entropy: a label of segment 1 must be in 0..1, got 2"));
  CHECK_THROWS_WITH(segment_cross_entropy(logits, segments, labels({0, -1, 0, 0}), 1),
                    ContainsSubstring("a label of segment 0 must be in 0..2, got -1"));
  CHECK_THROWS_WITH(segment_cross_entropy(logits, segments, ids({0, 0}), 1),
                    ContainsSubstring("labels must be i32 [2,2], got i32 [2]"));
  CHECK_THROWS_WITH(segment_cross_entropy(random_var({4, 2}), segments, labels({0, 0, 0, 0}), 1),
                    ContainsSubstring("logits must be [5,C], got [4,2]"));
  CHECK_THROWS_WITH(segment_cross_entropy(logits, segments, labels({0, 0, 0, 0}), 0),
                    ContainsSubstring("divisor must be above 0, got 0"));
}

TEST_CASE("segment_cross_entropy gradients", "[segment_cross_entropy]") {
  // Not one row alone: its probability is 1, its gradient 0.
  for (const Shape& shape : {Shape{3, 1}, Shape{7, 3}, Shape{33, 2}, Shape{65, 2}, Shape{8, 16}, Shape{5, 13},
                             Shape{4, 65}, Shape{129, 1}}) {
    const Var logits = random_var(shape);
    const SequenceOffsets segments = some_segments(shape[0]);
    const Tensor labels = some_labels(segments, shape[1]);
    CAPTURE(shape[0], shape[1]);
    check_gradients([&] { return segment_cross_entropy(logits, segments, labels, 3.5); }, {logits});
  }
}

TEST_CASE("segment_cross_entropy: threads and accumulation", "[segment_cross_entropy]") {
  const Var logits = random_var({67, 129}, DType::f32);
  const SequenceOffsets segments = some_segments(67);
  const Tensor labels = some_labels(segments, 129);
  check_same_bits_with_any_threads([&] { return segment_cross_entropy(logits, segments, labels, 40); }, {logits});
  check_accumulation([&] { return segment_cross_entropy(logits, segments, labels, 40); }, {logits});
}

}  // namespace
}  // namespace mini_bert::testing
