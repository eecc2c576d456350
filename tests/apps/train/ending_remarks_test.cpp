#include "apps/train/ending_remarks.h"

#include "tests/catch.h"

using namespace mini_bert;

namespace {

TrainingHistory with_losses(double first, double last) {
  TrainingHistory history;
  history.training = {{10, 1, first, 1, 1e-3}, {20, 2, last, 1, 0}};
  return history;
}

}  // namespace

TEST_CASE("ending remarks: a loss that ends far above where it began", "[apps]") {
  CHECK(ending_remarks(with_losses(5, 3), 6, 1e-3, 0).empty());
  CHECK(ending_remarks(with_losses(0.01, 0.05), 0.01, 1e-3, 0).empty());  // small numbers are noise
  CHECK(ending_remarks(with_losses(4, 4.4), 4, 1e-3, 0).empty());
  const auto remarks = ending_remarks(with_losses(9000, 25019), 4.25, 5, 0);  // the first row is too late
  REQUIRE(remarks.size() == 1);
  CHECK_THAT(remarks[0], ContainsSubstring("25,019") && ContainsSubstring("4.250") &&
                             ContainsSubstring("lower --learning-rate (it was 5)"));
  TrainingHistory validated = with_losses(3, 1);
  validated.evaluations = {{0, 0, 2}, {20, 2, 8}};
  CHECK_THAT(ending_remarks(validated, 3, 1e-3, 9).at(0), ContainsSubstring("the validation loss ended at 8.000"));
}

TEST_CASE("ending remarks: a perfect metric of few texts", "[apps]") {
  TrainingHistory history = with_losses(3, 1);
  history.evaluations = {{0, 0, 2, {{"accuracy", 0.5}}}, {20, 2, 1, {{"accuracy", 1}}}};
  CHECK_THAT(ending_remarks(history, 3, 1e-3, 8).at(0),
             ContainsSubstring("accuracy 1.0000 was measured on 8 texts") && ContainsSubstring("0.88"));
  CHECK(ending_remarks(history, 3, 1e-3, 500).empty());
  history.evaluations.back().metrics.front().value = 0.9;
  CHECK(ending_remarks(history, 3, 1e-3, 8).empty());
}
