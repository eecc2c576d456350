#include "mini_bert/autograd/ops/segment_mean.h"

#include "tests/autograd/op_testing.h"

namespace mini_bert::testing {
namespace segment_mean_test {

// Segments of unequal lengths that cover `rows` rows.
SequenceOffsets some_segments(Index rows) {
  std::vector<Index> lengths;
  for (Index length = 1; rows > 0; length = length % 5 + 2) {
    lengths.push_back(std::min(length, rows));
    rows -= lengths.back();
  }
  return SequenceOffsets(lengths);
}

TEST_CASE("segment_mean is the mean of the rows of each segment", "[segment_mean]") {
  for (const DType dtype : {DType::f32, DType::f64}) {
    for (const Shape& shape : shapes) {
      const Var x = random_var(shape, dtype);
      const SequenceOffsets segments = some_segments(shape[0]);
      const std::vector<double> values = doubles(x.value());
      std::vector<double> expected(static_cast<std::size_t>(segments.count() * shape[1]), 0.0);
      for (Index s = 0; s < segments.count(); ++s) {
        for (Index t = segments.begin(s); t < segments.end(s); ++t) {
          for (Index h = 0; h < shape[1]; ++h) {
            expected[s * shape[1] + h] += values[t * shape[1] + h] / static_cast<double>(segments.length(s));
          }
        }
      }
      CAPTURE(name_of(dtype), shape[0], shape[1]);
      CHECK(difference(segment_mean(x, segments).value(), expected) < tolerance(dtype));
    }
  }
}

TEST_CASE("segment_mean of equal and of large rows", "[segment_mean]") {
  const SequenceOffsets segments(std::vector<Index>{4, 1});
  CHECK(difference(segment_mean(Var(Tensor::full({5, 3}, 1e30)), segments).value(), std::vector<double>(6, 1e30)) <
        1e-6);
  CHECK(segment_mean(random_var({0, 3}), SequenceOffsets()).shape() == Shape{0, 3});
}

TEST_CASE("segment_mean refuses rows that no segment holds", "[segment_mean]") {
  const SequenceOffsets segments(std::vector<Index>{2, 2});
  CHECK_THROWS_WITH(segment_mean(random_var({5, 3}), segments),
                    ContainsSubstring("segment_mean: x must be [4,H], got [5,3]"));
  CHECK_THROWS_WITH(segment_mean(random_var({4}), segments), ContainsSubstring("got [4]"));
}

TEST_CASE("segment_mean gradients", "[segment_mean]") {
  for (const Shape& shape : shapes) {
    const Var x = random_var(shape);
    const SequenceOffsets segments = some_segments(shape[0]);
    CAPTURE(shape[0], shape[1]);
    check_gradients([&] { return segment_mean(x, segments); }, {x});
  }
}

TEST_CASE("segment_mean: threads and accumulation", "[segment_mean]") {
  const Var x = random_var({67, 129}, DType::f32);
  const SequenceOffsets segments = some_segments(67);
  check_same_bits_with_any_threads([&] { return segment_mean(x, segments); }, {x});
  check_accumulation([&] { return segment_mean(x, segments); }, {x});
}

}  // namespace segment_mean_test
}  // namespace mini_bert::testing
