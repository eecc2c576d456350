#include "mini_bert/bert/training/history.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "mini_bert/files/json.h"

namespace mini_bert {
namespace {

using Json = nlohmann::ordered_json;

const std::string metric_prefix = "eval_";

Json to_json(const TrainingRow& row) {
  return {{"step", row.step},
          {"epoch", row.epoch},
          {"loss", row.loss},
          {"grad_norm", row.grad_norm},
          {"learning_rate", row.learning_rate}};
}

Json to_json(const EvaluationRow& row) {
  Json json = {{"step", row.step}, {"epoch", row.epoch}, {"eval_loss", row.loss}};
  if (row.metrics.empty() && std::isfinite(row.perplexity())) json["perplexity"] = row.perplexity();
  for (const Metric& metric : row.metrics) json[metric_prefix + metric.name] = metric.value;
  return json;
}

Json to_json(const ProbeRow& row) {
  Json answers = Json::array();
  for (const ProbeAnswer& answer : row.answers)
    answers.push_back({{"token_str", answer.token}, {"score", answer.score}});
  return {{"step", row.step}, {"probe", row.text}, {"answers", answers}};
}

ProbeRow probe_from(const nlohmann::json& json) {
  ProbeRow row{json.at("step"), json.at("probe"), {}};
  for (const auto& answer : json.at("answers")) row.answers.push_back({answer.at("token_str"), answer.at("score")});
  return row;
}

// `metrics`: the names of the metrics in their order, which the keys of an object do not have.
EvaluationRow evaluation_from(const nlohmann::json& json, const std::vector<std::string>& metrics) {
  EvaluationRow row{json.at("step"), json.at("epoch"), json.at("eval_loss"), {}};
  for (const std::string& name : metrics) row.metrics.push_back({name, json.at(metric_prefix + name)});
  return row;
}

GuardRow guard_from(const nlohmann::json& json) {
  return {json.at("step"), json.at("log_probability"), json.at("ranks")};
}

// The rows in the order in which they came: at equal steps training before evaluation.
Json log_history(const TrainingHistory& history) {
  Json rows = Json::array();
  auto evaluation = history.evaluations.begin();
  const auto add_evaluations_before = [&](Index step) {
    for (; evaluation != history.evaluations.end() && evaluation->step < step; ++evaluation) {
      rows.push_back(to_json(*evaluation));
    }
  };
  for (const TrainingRow& row : history.training) {
    add_evaluations_before(row.step);
    rows.push_back(to_json(row));
  }
  add_evaluations_before(std::numeric_limits<Index>::max());
  return rows;
}

}  // namespace

double EvaluationRow::perplexity() const {
  return std::exp(loss);
}

double GuardRow::accuracy(Index k) const {
  return static_cast<double>(std::ranges::count_if(ranks, [k](Index rank) { return rank <= k; })) /
         static_cast<double>(ranks.size());
}

double GuardRow::mean_rank() const {
  return static_cast<double>(std::accumulate(ranks.begin(), ranks.end(), Index{0})) / static_cast<double>(ranks.size());
}

std::string to_json_line(const TrainingRow& row) {
  return to_json(row).dump() + '\n';
}
std::string to_json_line(const EvaluationRow& row) {
  return to_json(row).dump() + '\n';
}
std::string to_json_line(const ProbeRow& row) {
  return to_json(row).dump() + '\n';
}

std::string to_json_line(const GuardRow& row) {
  const Json json = {{"step", row.step},
                     {"guard_log_probability", row.log_probability},
                     {"guard_accuracy_1", row.accuracy(1)},
                     {"guard_accuracy_5", row.accuracy(5)},
                     {"guard_mean_rank", row.mean_rank()}};
  return json.dump() + '\n';
}

std::string TrainingHistory::to_json() const {
  Json json;
  json["global_step"] = step;
  json["epoch"] = epoch;
  json["max_steps"] = total_steps;
  json["num_train_epochs"] = epochs;
  if (best_step) {
    json["best_global_step"] = *best_step;
    json["best_metric"] = best_metric;
  }
  json["evaluations_since_best"] = evaluations_since_best;
  json["identity"] = identity;
  json["loss_since_row"] = loss_since_row;
  json["steps_since_row"] = steps_since_row;
  json["log_history"] = log_history(*this);
  json["probes"] = Json::array();
  for (const ProbeRow& row : probes) json["probes"].push_back(mini_bert::to_json(row));
  if (!guard_blanks.empty()) {
    Json rows = Json::array();
    for (const GuardRow& row : guards) {
      rows.push_back({{"step", row.step}, {"log_probability", row.log_probability}, {"ranks", row.ranks}});
    }
    json["guard"] = {{"blanks", guard_blanks}, {"rows", std::move(rows)}};
  }
  if (!evaluations.empty()) {
    for (const Metric& metric : evaluations.back().metrics) json["metrics"].push_back(metric.name);
  }
  if (confusion) json["confusion"] = {{"labels", confusion->labels}, {"counts", confusion->counts}};
  return json.dump(2) + '\n';
}

TrainingHistory TrainingHistory::from_json(std::string_view text, const std::string& name) {
  const nlohmann::json json = parse_json(text, name);
  TrainingHistory history;
  try {
    json.at("global_step").get_to(history.step);
    json.at("epoch").get_to(history.epoch);
    json.at("max_steps").get_to(history.total_steps);
    json.at("num_train_epochs").get_to(history.epochs);
    if (json.contains("best_global_step")) {
      history.best_step = json.at("best_global_step").get<Index>();
      json.at("best_metric").get_to(history.best_metric);
    }
    json.at("evaluations_since_best").get_to(history.evaluations_since_best);
    json.at("identity").get_to(history.identity);
    json.at("loss_since_row").get_to(history.loss_since_row);
    json.at("steps_since_row").get_to(history.steps_since_row);
    const std::vector<std::string> metrics = json.value("metrics", std::vector<std::string>());
    for (const auto& row : json.at("log_history")) {
      if (row.contains("eval_loss")) {
        history.evaluations.push_back(evaluation_from(row, metrics));
      } else {
        history.training.push_back(
            {row.at("step"), row.at("epoch"), row.at("loss"), row.at("grad_norm"), row.at("learning_rate")});
      }
    }
    for (const auto& row : json.at("probes")) history.probes.push_back(probe_from(row));
    if (json.contains("guard")) {
      json.at("guard").at("blanks").get_to(history.guard_blanks);
      for (const auto& row : json.at("guard").at("rows")) history.guards.push_back(guard_from(row));
    }
    if (json.contains("confusion")) {
      const auto& confusion = json.at("confusion");
      history.confusion = ConfusionMatrix{confusion.at("labels"), confusion.at("counts")};
    }
  } catch (const nlohmann::json::exception& error) {
    fail("{}: not the state of a mini_bert run ({}); resume from another checkpoint", name, error.what());
  }
  return history;
}

}  // namespace mini_bert
