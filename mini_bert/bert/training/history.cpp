#include "mini_bert/bert/training/history.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "mini_bert/base/json.h"
#include "mini_bert/base/json_fields.h"

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
  Json json = {{"step", row.step}, {"probe", row.text}, {"answers", answers}};
  if (row.right) json["right"] = {{"answer", row.right->text}, {"rank", row.right->rank}, {"score", row.right->score}};
  return json;
}

std::vector<double> numbers(const JsonField& row, std::initializer_list<const char*> names) {
  std::vector<double> numbers;
  for (const char* name : names) numbers.push_back(row.at(name).number());
  return numbers;
}

// More updates than a run can make. Sums and products of two such numbers with the sizes of a data set fit into Index.
constexpr Index most_steps = Index{1} << 40;

Index step_of(const JsonField& row) {
  return row.at("step").integer(0, most_steps);
}

TrainingRow training_from(const JsonField& row) {
  const std::vector<double> found = numbers(row, {"epoch", "loss", "grad_norm", "learning_rate"});
  return {step_of(row), found[0], found[1], found[2], found[3]};
}

ProbeRow probe_from(const JsonField& row) {
  ProbeRow probe{step_of(row), row.at("probe").text(), {}, {}};
  for (const JsonField& answer : row.at("answers").elements()) {
    probe.answers.push_back({answer.at("token_str").text(), answer.at("score").number()});
  }
  if (const auto right = row.find("right")) {
    probe.right = RightAnswer{right->at("answer").text(), right->at("rank").integer(1), right->at("score").number()};
  }
  return probe;
}

// `metrics`: the names of the metrics in order, because the keys of a JSON object have no order.
EvaluationRow evaluation_from(const JsonField& row, const std::vector<std::string>& metrics) {
  EvaluationRow evaluation{step_of(row), row.at("epoch").number(), row.at("eval_loss").number(), {}};
  for (const std::string& name : metrics) {
    const JsonField value = row.at(metric_prefix + name);
    // A metric can be NaN, for example a correlation of equal values. JSON writes NaN as null.
    evaluation.metrics.push_back(
        {name, value.json().is_null() ? std::numeric_limits<double>::quiet_NaN() : value.number()});
  }
  return evaluation;
}

GuardRow guard_from(const JsonField& row, std::size_t blanks) {
  GuardRow guard{.step = step_of(row), .log_probability = row.at("log_probability").number(), .ranks = {}};
  for (const JsonField& rank : row.at("ranks").elements()) guard.ranks.push_back(rank.integer(1));
  if (guard.ranks.size() != blanks) row.fail("ranks", fmt::format("{} numbers, one per blank", blanks));
  return guard;
}

RunIdentity identity_from(const JsonField& identity) {
  // Earlier versions wrote one sentence, which holds fewer facts than this version compares.
  require(
      !identity.json().is_string(),
      "{} is the sentence of an earlier version of mini_bert, which this version cannot compare; start the run anew",
      identity.place());
  RunIdentity facts;
  for (const auto& [key, value] : identity.object().json().items()) facts.add_text(key, identity.at(key).text());
  return facts;
}

ConfusionMatrix confusion_from(const JsonField& field) {
  ConfusionMatrix confusion;
  field.at("labels").get(confusion.labels);
  for (const JsonField& number : field.at("counts").elements())
    confusion.counts.push_back(number.integer(0, most_steps));
  const std::size_t count = confusion.labels.size();
  if (confusion.counts.size() != count * count) field.fail("counts", fmt::format("{} numbers", count * count));
  return confusion;
}

// The rows in the order in which they were reported. At the same step, training comes before evaluation.
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

// After an update the trainer reports the loss, then probes, guard and validation.
std::string to_json_lines(const TrainingHistory& history) {
  std::vector<std::pair<Index, std::string>> lines;
  const auto add = [&](const auto& rows) {
    for (const auto& row : rows) lines.emplace_back(row.step, to_json_line(row));
  };
  add(history.training);
  add(history.probes);
  add(history.guards);
  add(history.evaluations);
  std::ranges::stable_sort(lines, {}, &std::pair<Index, std::string>::first);
  std::string all;
  for (const auto& line : lines) all += line.second;
  return all;
}

std::string TrainingHistory::to_json() const {
  Json json = Json::object();
  json["global_step"] = step;
  json["epoch"] = epoch;
  json["max_steps"] = total_steps;
  json["num_train_epochs"] = epochs;
  if (best_step) {
    json["best_global_step"] = *best_step;
    json["best_metric"] = best_metric;
  }
  json["evaluations_since_best"] = evaluations_since_best;
  json["identity"] = Json::object();
  for (const auto& [key, value] : identity.facts()) json["identity"][key] = value;
  if (first_loss) json["first_loss"] = *first_loss;
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
  if (!warnings.empty()) json["warnings"] = warnings;
  if (confusion) json["confusion"] = {{"labels", confusion->labels}, {"counts", confusion->counts}};
  return json.dump(2) + '\n';
}

TrainingHistory TrainingHistory::from_json(std::string_view text, const std::string& name) {
  const nlohmann::json json = parse_json(text, name);
  const JsonField file = JsonField(json, name, "resume from another checkpoint").object();
  TrainingHistory history;
  const JsonField step = file.at("global_step");
  history.total_steps = file.at("max_steps").integer(0, most_steps);
  history.step = step.integer(0, history.total_steps);
  history.epoch = file.at("epoch").number();
  history.epochs = file.at("num_train_epochs").number();
  if (const auto best_step = file.find("best_global_step")) {
    history.best_step = best_step->integer(0, history.step);
    history.best_metric = file.at("best_metric").number();
  }
  history.evaluations_since_best = file.at("evaluations_since_best").integer(0, most_steps);
  history.identity = identity_from(file.at("identity"));
  file.read_set("first_loss", history.first_loss);
  history.loss_since_row = file.at("loss_since_row").number();
  history.steps_since_row = file.at("steps_since_row").integer(0, history.step);
  std::vector<std::string> metrics;
  file.read_set("metrics", metrics);
  for (const JsonField& row : file.at("log_history").elements()) {
    if (row.has("eval_loss")) {
      history.evaluations.push_back(evaluation_from(row, metrics));
    } else {
      history.training.push_back(training_from(row));
    }
  }
  for (const JsonField& row : file.at("probes").elements()) history.probes.push_back(probe_from(row));
  if (const auto guard = file.find("guard")) {
    guard->at("blanks").get(history.guard_blanks);
    for (const JsonField& row : guard->at("rows").elements()) {
      history.guards.push_back(guard_from(row, history.guard_blanks.size()));
    }
  }
  if (const auto warnings = file.find("warnings")) warnings->get(history.warnings);
  if (const auto confusion = file.find("confusion")) history.confusion = confusion_from(*confusion);
  return history;
}

}  // namespace mini_bert
