#include "mini_bert/pipelines/training_run.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "mini_bert/base/argument_error.h"
#include "mini_bert/pipelines/pipeline.h"

namespace mini_bert {

using Json = nlohmann::ordered_json;

namespace {

const char* word_of(Ending ending) {
  switch (ending) {
    case Ending::completed:
      return "completed";
    case Ending::stopped_early:
      return "stopped_early";
    case Ending::interrupted:
      break;
  }
  return "interrupted";
}

Json rows_of(const std::vector<TrainingRow>& rows) {
  Json list = Json::array();
  for (const TrainingRow& row : rows) {
    list.push_back({{"step", row.step},
                    {"epoch", row.epoch},
                    {"loss", row.loss},
                    {"grad_norm", row.grad_norm},
                    {"learning_rate", row.learning_rate}});
  }
  return list;
}

Json rows_of(const std::vector<EvaluationRow>& rows) {
  Json list = Json::array();
  for (const EvaluationRow& row : rows) {
    Json& object = list.emplace_back(Json{{"step", row.step}, {"epoch", row.epoch}, {"loss", row.loss}});
    for (const Metric& metric : row.metrics) object[metric.name] = metric.value;
  }
  return list;
}

Json rows_of(const std::vector<ProbeRow>& rows) {
  Json list = Json::array();
  for (const ProbeRow& row : rows) {
    Json answers = Json::array();
    for (const ProbeAnswer& answer : row.answers) {
      answers.push_back({{"token_str", answer.token}, {"score", answer.score}});
    }
    Json& object = list.emplace_back(Json{{"step", row.step}, {"text", row.text}, {"answers", std::move(answers)}});
    if (row.right) object["expected"] = row.right->text;
  }
  return list;
}

// How many blanks of the guard were right at once, first and last, and those that no longer are.
Json guard_of(const TrainingHistory& history) {
  const std::vector<Index>&before = history.guards.front().ranks, &after = history.guards.back().ranks;
  Json lost = Json::array();
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (before[i] == 1 && after[i] > 1) lost.push_back({{"text", history.guard_blanks[i]}, {"rank", after[i]}});
  }
  return {{"count", before.size()},
          {"before", std::ranges::count(before, 1)},
          {"after", std::ranges::count(after, 1)},
          {"lost", std::move(lost)}};
}

}  // namespace

Json TrainingReport::to_json() const {
  Json report = {{"ending", word_of(ending)},
                 {"step", history.step},
                 {"total_steps", history.total_steps},
                 {"epoch", history.epoch},
                 {"training", rows_of(history.training)},
                 {"evaluations", rows_of(history.evaluations)},
                 {"probes", rows_of(history.probes)},
                 {"notes", notes}};
  if (!history.guards.empty()) report["guard"] = guard_of(history);
  return report;
}

TrainingRun::TrainingRun(Pipeline& pipeline, TrainingRequest request, TrainingObserver& observer)
    : pipeline_(pipeline),
      request_(pipeline.continued(std::move(request))),
      inputs_(read_training_inputs(request_)),
      trainer_(*inputs_.objective, *inputs_.tokenizer, request_.training, {}, observer) {
  require_argument(!request_.training.load_best, "load_best",
                   "needs a folder for checkpoints, which a pipeline has not");
}

TrainingRun::~TrainingRun() {
  inputs_.model->answer_in(pipeline_.precision_);
}

template <class Work>
auto TrainingRun::with_model(Work work) {
  const std::lock_guard lock(pipeline_.busy_);
  const Pipeline::State before = pipeline_.state_;
  pipeline_.state_ = {
      .tokenizer = inputs_.tokenizer, .models = {inputs_.model}, .model = inputs_.model, .is_trained = true};
  try {
    return work();
  } catch (...) {
    if (trainer_.history().step == 0) pipeline_.state_ = before;
    throw;
  }
}

bool TrainingRun::advance() {
  return with_model([&] { return trainer_.advance(); });
}

void TrainingRun::run() {
  with_model([&] { return trainer_.run(); });
}

TrainingReport TrainingRun::report() const {
  TrainingReport report{.ending = trainer_.ending(), .history = trainer_.history(), .notes = inputs_.reading.facts};
  report.notes.insert(report.notes.end(), inputs_.masking.begin(), inputs_.masking.end());
  return report;
}

}  // namespace mini_bert
