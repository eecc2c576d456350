#include "mini_bert/bert/training/best_metric.h"

#include <limits>

#include "tests/bert/training/training_testing.h"
#include "tests/catch.h"

using namespace mini_bert;

namespace {

// An objective whose evaluations are a list made by hand; it trains as Setup's does.
class Scripted : public MaskedLmObjective {
 public:
  Scripted(BertForMaskedLM& model, const test::Setup& setup, std::vector<Evaluation> script)
      : MaskedLmObjective(model, setup.tokenizer, setup.arguments, setup.data), script_(std::move(script)) {}
  Evaluation evaluate() const override { return script_.at(next_++); }
  std::vector<std::string> metric_names() const override { return {"accuracy"}; }

 private:
  std::vector<Evaluation> script_;
  mutable std::size_t next_ = 0;
};

struct Outcome {
  std::optional<Index> best_step;
  double best_metric;
  Index steps;
};

// Runs with one evaluation an update, whose losses and accuracies are given.
Outcome run(const std::string& metric, std::optional<bool> greater, const std::vector<std::pair<double, double>>& rows,
            std::optional<Index> patience = {}) {
  test::Setup setup;
  setup.arguments.max_steps = static_cast<Index>(rows.size()) - 1;
  setup.arguments.eval_steps = 1;
  setup.arguments.load_best = true;
  setup.arguments.best_metric = metric;
  setup.arguments.greater_is_better = greater;
  setup.arguments.early_stopping_patience = patience;
  std::vector<Evaluation> script;
  for (const auto& [loss, accuracy] : rows) script.push_back({.loss = loss, .metrics = {{"accuracy", accuracy}}});
  BertForMaskedLM model(setup.config);
  model.initialize(1);
  const Scripted objective(model, setup, std::move(script));
  test::Recorder recorder;
  std::filesystem::create_directories(setup.folder / "run");
  Trainer trainer(objective, setup.tokenizer, setup.arguments, setup.folder / "run", recorder);
  trainer.run();
  const TrainingHistory& history = trainer.history();
  return {history.best_step, history.best_metric, history.step};
}

}  // namespace

TEST_CASE("best checkpoint: by loss the lowest, by a metric the highest, or as one is told", "[best]") {
  const std::vector<std::pair<double, double>> rows = {{3, 0.1}, {2, 0.5}, {1, 0.4}, {1.5, 0.7}, {2.5, 0.2}};
  CHECK(run("loss", {}, rows).best_step == 2);
  CHECK(run("eval_loss", {}, rows).best_step == 2);
  CHECK(run("accuracy", {}, rows).best_step == 3);
  CHECK(run("eval_accuracy", {}, rows).best_metric == 0.7);
  CHECK(run("accuracy", false, rows).best_step == 0);
  CHECK(run("loss", true, rows).best_step == 0);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(run("accuracy", {}, {{3, nan}, {3, 0.2}, {3, nan}}).best_step == 1);
}

TEST_CASE("early stopping counts the evaluations since the best one by that metric", "[best]") {
  const std::vector<std::pair<double, double>> rows = {{3, 0.1}, {4, 0.5}, {5, 0.6}, {1, 0.4}, {0.5, 0.3}, {0.4, 0.9}};
  CHECK(run("accuracy", {}, rows, 2).steps == 4);
  CHECK(run("loss", {}, rows, 2).steps == 2);
}

TEST_CASE("a metric that the task does not have is an Error before anything is trained", "[best]") {
  CHECK_THROWS_WITH(run("f1", {}, {{1, 1}, {1, 1}}),
                    ContainsSubstring("`best_metric` is 'f1'; of this task it is one of loss|accuracy"));
  CHECK_THROWS_WITH(require_metric("accuracy", {}), ContainsSubstring("loss|perplexity"));
  require_metric("eval_perplexity", {});
  TrainingArguments arguments;
  for (const char* name : {"loss", "eval_loss", "perplexity", "mse", "next_sentence_loss"}) {
    arguments.best_metric = name;
    CHECK_FALSE(greater_is_better(arguments));
  }
  arguments.best_metric = "f1";
  CHECK(greater_is_better(arguments));
  CHECK(metric_of({.step = 0, .epoch = 0, .loss = 0}, "perplexity") == 1);
}
