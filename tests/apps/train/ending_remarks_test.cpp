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

TEST_CASE("ending remarks: one batch with hard texts is no damage", "[apps]") {
  CHECK(ending_remarks(with_losses(7.2, 13.1), 7.2, 5e-5, 0).empty());
  TrainingHistory history = with_losses(4, 4);
  const auto end_with = [&](std::initializer_list<double> losses) {
    history.training.clear();
    for (const double loss : losses) history.training.push_back({std::ssize(history.training) + 1, 1, loss, 1, 1e-3});
    return ending_remarks(history, 4, 1e-3, 0).size();
  };
  CHECK(end_with({4, 5, 4, 6, 3, 4, 4, 2, 9}) == 0);  // the last row alone is high
  CHECK(end_with({4, 5, 7, 8, 9, 8, 7, 8, 9}) == 1);  // it stays high
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

TEST_CASE("ending remarks: right answers that are forgotten or not learned yet", "[apps]") {
  TrainingHistory history = with_losses(3, 1);
  const auto ask = [&](const std::string& text, Index before, Index after) {
    for (const auto& [step, rank] : {std::pair<Index, Index>{0, before}, {20, after}}) {
      history.probes.push_back({step, text, {{"x", 0.5}}, RightAnswer{"橙", rank, 0.1}});
    }
  };
  ask("a[MASK]", 40, 1);
  ask("b[MASK]", 1, 1);
  CHECK(ending_remarks(history, 3, 1e-3, 0).empty());
  ask("c[MASK]", 1, 3);
  ask("d[MASK]", 40, 1200);
  const auto remarks = ending_remarks(history, 3, 1e-3, 0);
  REQUIRE(remarks.size() == 2);
  CHECK(remarks[0] == "the model has forgotten: 橙 in c[MASK] (rank 1 before, 3 now)");
  CHECK(remarks[1] == "the model has not yet learned: 橙 in d[MASK] (rank 40 before, 1,200 now)");
  for (const char* text : {"e", "f", "g"}) ask(text, 2, 2);
  CHECK_THAT(ending_remarks(history, 3, 1e-3, 0).at(1), ContainsSubstring("; and 1 more"));
}
