#include "mini_bert/bert/training/history.h"

#include <bit>
#include <cmath>
#include <nlohmann/json.hpp>

#include "tests/base/json_kinds.h"
#include "tests/catch.h"

using namespace mini_bert;

namespace {

// Numbers whose shortest decimals are easily got wrong.
const std::vector<double> awkward = {0.1,
                                     1.0 / 3,
                                     -0.0,
                                     5e-324,
                                     2.2250738585072011e-308,
                                     1.7976931348623157e308,
                                     9007199254740993.0,
                                     1e22,
                                     1e23,
                                     123456789012345680.0,
                                     2.0,
                                     -1.5e-7,
                                     0.30000000000000004,
                                     std::nextafter(1.0, 2.0)};

bool same_bits(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

TrainingHistory example(double x) {
  TrainingHistory history;
  history.step = 12;
  history.epoch = x;
  history.total_steps = 100;
  history.epochs = x;
  history.identity.add("learning_rate", 5e-05);
  history.identity.add_text("config.id2label", "{\"0\":\"文\"}");
  history.loss_since_row = x;
  history.first_loss = x;
  history.steps_since_row = 2;
  history.best_step = 10;
  history.best_metric = x;
  history.evaluations_since_best = 1;
  history.training = {{5, x, 1.5, x, x}, {10, 0.5, x, x, 0}};
  history.evaluations = {{0, 0, x}, {10, x, x}};
  history.probes = {{0, "今天\"很[MASK]\"。", {{"好", x}, {"##a", 0.25}}}, {10, "b", {}}};
  history.warnings = {"the loss \"rose\""};
  return history;
}

}  // namespace

TEST_CASE("history: comes back from its file bit for bit") {
  for (const double x : awkward) {
    const TrainingHistory before = example(x);
    const TrainingHistory after = TrainingHistory::from_json(before.to_json(), "state");
    INFO(x);
    CHECK(after.to_json() == before.to_json());
    CHECK(after.warnings == before.warnings);
    CHECK(after.step == 12);
    CHECK(after.total_steps == 100);
    CHECK(after.identity.value("learning_rate") == "5e-05");
    CHECK(after.identity.differences_from(before.identity).empty());
    CHECK(after.steps_since_row == 2);
    CHECK(after.best_step == Index{10});
    CHECK(after.evaluations_since_best == 1);
    for (const double found :
         {after.epoch, after.epochs, after.loss_since_row, after.best_metric, after.training.at(0).epoch,
          after.training.at(0).grad_norm, after.training.at(0).learning_rate, after.training.at(1).loss,
          after.evaluations.at(0).loss, after.evaluations.at(1).epoch, after.probes.at(0).answers.at(0).score}) {
      CHECK(same_bits(found, x));
    }
    CHECK(after.training.size() == 2);
    CHECK(after.training[0].step == 5);
    CHECK(after.training[0].loss == 1.5);
    CHECK(after.evaluations.size() == 2);
    CHECK(after.evaluations[1].step == 10);
    CHECK(after.probes.size() == 2);
    CHECK(after.probes[0].text == "今天\"很[MASK]\"。");
    CHECK(after.probes[0].answers[1].token == "##a");
    CHECK(after.probes[1].answers.empty());
  }
}

TEST_CASE("history: a run without an evaluation has no best one") {
  const TrainingHistory empty = TrainingHistory::from_json(TrainingHistory().to_json(), "state");
  CHECK_FALSE(empty.best_step.has_value());
  CHECK_FALSE(empty.best_step.has_value());
  CHECK(empty.training.empty());
}

TEST_CASE("history: rows are listed as they came, training before evaluation at equal steps") {
  TrainingHistory history;
  history.training = {{2, 0.2, 3, 1, 1}, {4, 0.4, 2, 1, 1}};
  history.evaluations = {{0, 0, 5}, {3, 0.3, 4}, {4, 0.4, 3}};
  const auto json = nlohmann::json::parse(history.to_json());
  std::string order;
  for (const auto& row : json.at("log_history")) {
    order += fmt::format("{}{} ", row.contains("eval_loss") ? "e" : "t", row.at("step").get<int>());
  }
  CHECK(order == "e0 t2 e3 t4 e4 ");
}

TEST_CASE("history: the names are those of transformers") {
  const auto json = nlohmann::json::parse(example(0.5).to_json());
  for (const char* key : {"global_step", "epoch", "max_steps", "num_train_epochs", "best_global_step", "best_metric"}) {
    INFO(key);
    CHECK(json.contains(key));
  }
}

TEST_CASE("history: perplexity is exp(loss), and left out where no number can hold it") {
  CHECK(EvaluationRow{0, 0, 2}.perplexity() == Approx(7.38905609893065));
  CHECK(nlohmann::json::parse(to_json_line(EvaluationRow{1, 0.5, 2})) ==
        nlohmann::json({{"step", 1}, {"epoch", 0.5}, {"eval_loss", 2.0}, {"perplexity", std::exp(2.0)}}));
  CHECK_FALSE(nlohmann::json::parse(to_json_line(EvaluationRow{1, 0.5, 1000})).contains("perplexity"));
}

TEST_CASE("history: a line of metrics is one line") {
  for (const std::string& line : {to_json_line(TrainingRow{1, 0.5, 2, 3, 4}), to_json_line(EvaluationRow{1, 0.5, 2}),
                                  to_json_line(ProbeRow{1, "two\nlines", {{"a", 0.5}}})}) {
    CHECK(line.find('\n') == line.size() - 1);
  }
}

TEST_CASE("history: what is not a state is an Error that names the file") {
  CHECK_THROWS_AS(TrainingHistory::from_json("{}", "state.json"), Error);
  CHECK_THROWS_WITH(TrainingHistory::from_json("{}", "state.json"),
                    ContainsSubstring("state.json") && ContainsSubstring("global_step"));
  CHECK_THROWS_AS(TrainingHistory::from_json("[1,", "state.json"), Error);
  CHECK_THROWS_AS(TrainingHistory::from_json("[]", "state.json"), Error);
  std::string text = example(0.5).to_json();
  text.replace(text.find("12"), 2, "\"x\"");
  CHECK_THROWS_AS(TrainingHistory::from_json(text, "state.json"), Error);
}

TEST_CASE("history: any kind of value in any field is read or refused with an Error") {
  TrainingHistory history = example(0.5);
  history.evaluations[1].metrics = {{"accuracy", 0.5}};
  history.evaluations[0].metrics = {{"accuracy", 0.25}};
  history.confusion = ConfusionMatrix{{"a", "b"}, {1, 2, 3, 4}};
  history.guard_blanks = {"[MASK]"};
  history.guards = {{0, -1.5, {1}}};
  const auto read = [](const std::string& text) { TrainingHistory::from_json(text, "trainer_state.json"); };
  CHECK_NOTHROW(read(history.to_json()));
  CHECK(test::read_with_every_kind(nlohmann::json::parse(history.to_json()), read) > 500);
}

TEST_CASE("history: a metric that is no number comes back as none") {
  TrainingHistory history;
  history.evaluations = {{0, 0, 1, {{"pearson", std::nan("")}}}};
  const TrainingHistory after = TrainingHistory::from_json(history.to_json(), "state");
  CHECK(std::isnan(after.evaluations.at(0).metrics.at(0).value));
}

TEST_CASE("history: the state of an earlier version is refused in one line") {
  auto json = nlohmann::json::parse(TrainingHistory().to_json());
  json["identity"] = "12 updates of 2x2 texts, seed 42";
  CHECK_THROWS_WITH(TrainingHistory::from_json(json.dump(), "out/trainer_state.json"),
                    ContainsSubstring("out/trainer_state.json: identity is the sentence of an earlier version") &&
                        ContainsSubstring("start the run anew"));
}

TEST_CASE("history: all rows are in the order in which a run reports them") {
  TrainingHistory history;
  history.training = {{2, 0.5, 1, 1, 1}, {4, 1, 1, 1, 1}};
  history.evaluations = {{0, 0, 3}, {3, 0.75, 2}, {4, 1, 1}};
  history.probes = {{0, "a", {}}, {0, "b", {}}, {4, "a", {}}};
  history.guards = {{0, -1, {1}}, {4, -2, {3}}};
  std::string lines;
  for (const std::string& line :
       {to_json_line(history.probes[0]), to_json_line(history.probes[1]), to_json_line(history.guards[0]),
        to_json_line(history.evaluations[0]), to_json_line(history.training[0]), to_json_line(history.evaluations[1]),
        to_json_line(history.training[1]), to_json_line(history.probes[2]), to_json_line(history.guards[1]),
        to_json_line(history.evaluations[2])}) {
    lines += line;
  }
  CHECK(to_json_lines(history) == lines);
}
