#include "apps/tasks/tasks.h"

#include <algorithm>

#include "apps/console/command_line.h"
#include "tests/catch.h"

using namespace mini_bert;

namespace {

template <class Half>
std::string refusal(const Half& task, const std::vector<std::string>& changed) {
  try {
    check_flags(task, changed);
  } catch (const UsageError& error) {
    return error.what();
  }
  return {};
}

}  // namespace

TEST_CASE("tasks: each entry says all that the programs ask of it", "[apps]") {
  const std::vector<std::string> predictors = prediction_task_names();
  CHECK(training_task_names().size() >= 5);
  CHECK(predictors.size() >= 6);
  for (const std::string& name : training_task_names()) {
    INFO(name);
    const TrainingTask& task = training_task(name);
    CHECK(task.name == name);
    CHECK(task.read != nullptr);
    CHECK_FALSE(task.help.empty());
    CHECK(task.loss.ends_with('.'));
    const std::string predictor = task.ask.substr(0, task.ask.find(' '));
    CHECK(std::ranges::find(predictors, predictor) != predictors.end());
    CHECK_THAT(task.ask, ContainsSubstring("--model {} "));
    CHECK_THAT(training_tasks_help(), ContainsSubstring(name + ": " + task.help));
  }
  for (const std::string& name : predictors) {
    INFO(name);
    CHECK(prediction_task(name).make != nullptr);
    CHECK(prediction_task(name).help.ends_with('?'));
    CHECK_THAT(prediction_tasks_help(), ContainsSubstring(name + ": "));
  }
  CHECK_THROWS_WITH(training_task("chose"), ContainsSubstring("there is no task chose"));
}

TEST_CASE("tasks: a flag of other tasks is refused, with the tasks it goes with and why", "[apps]") {
  CHECK(refusal(training_task("classify"), {"epochs", "pack"}) == "--pack goes with --task mlm: it joins texts");
  CHECK(refusal(training_task("tag"), {"guard"}) ==
        "--guard goes with --task mlm or pretrain: it asks for masked words");
  CHECK(refusal(training_task("mlm"), {"label-column"}) == "--label-column goes with --task classify or tag");
  CHECK(refusal(training_task("mlm"), {"pack", "probe", "ngram", "epochs"}).empty());
  CHECK(refusal(training_task("tag"), {"label-column", "class-weights"}).empty());
  CHECK(refusal(prediction_task("tag"), {"joint"}) == "--joint goes with fill-mask");
  CHECK(refusal(prediction_task("fill-mask"), {"joint", "top-k"}).empty());
  CHECK(training_tasks_with("label-column") == "classify, tag: ");
}
