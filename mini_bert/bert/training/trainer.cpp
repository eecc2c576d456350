#include "mini_bert/bert/training/trainer.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

#include "mini_bert/autograd/tape.h"
#include "mini_bert/base/argument_error.h"
#include "mini_bert/bert/checkpoint.h"
#include "mini_bert/bert/names/name_table.h"
#include "mini_bert/bert/predict/finite_answer.h"
#include "mini_bert/bert/training/best_metric.h"
#include "mini_bert/bert/training/layer_depths.h"
#include "mini_bert/nn/clip_grad.h"
#include "mini_bert/tensor/rehearsal.h"

namespace mini_bert {
namespace {

std::vector<double> rates_of(const BertPreTrainedModel& model, const TrainingArguments& arguments) {
  return rate_factors(trained_parameters(model), model.config().num_hidden_layers, arguments.layer_decay);
}

AdamW optimizer_for(const BertPreTrainedModel& model, const TrainingArguments& arguments) {
  freeze(model, arguments);
  return {trained_parameters(model), arguments.adamw, rates_of(model, arguments)};
}

}  // namespace

Trainer::Trainer(const Objective& objective, const Tokenizer& tokenizer, const TrainingArguments& arguments,
                 std::filesystem::path output, TrainingObserver& observer)
    : objective_(objective),
      model_(objective.model()),
      tokenizer_(tokenizer),
      arguments_(arguments),
      output_(std::move(output)),
      observer_(observer),
      sampler_(objective.lengths(), arguments),
      plan_(sampler_.plan()),
      parameters_(model_.parameters()),
      optimizer_(optimizer_for(model_, arguments)),
      anchor_(trained_parameters(model_), arguments.anchor, rates_of(model_, arguments)) {
  const double pull = arguments.anchor * arguments.learning_rate;
  require_argument(arguments.anchor == 0 || pull <= 1, "anchor",
                   "{} times `learning_rate` {} is {}; expected at most 1, which pulls weights all the way back in one "
                   "update",
                   arguments.anchor, arguments.learning_rate, pull);
  require_metric(arguments.best_metric, objective.metric_names());
  history_.identity = identity();
  history_.guard_blanks = objective.guard_blanks();
  history_.total_steps = plan_.total_steps;
  history_.epochs = static_cast<double>(plan_.total_steps) / static_cast<double>(plan_.updates_per_epoch);
}

bool Trainer::advance() {
  if (history_.probes.empty() && history_.evaluations.empty() && history_.guards.empty()) evaluate();
  if (is_over()) return false;
  record(update());
  if (history_.step % plan_.eval_steps == 0 || history_.step == plan_.total_steps) evaluate();
  if (plan_.save_steps > 0 && history_.step % plan_.save_steps == 0) save_checkpoint();
  return !is_over();
}

bool Trainer::is_over() const {
  return history_.step >= plan_.total_steps || out_of_patience();
}

Ending Trainer::ending() const {
  if (out_of_patience()) return Ending::stopped_early;
  return is_over() ? Ending::completed : Ending::interrupted;
}

Ending Trainer::run() {
  while (advance()) {
    if (observer_.stop_requested()) {
      save_checkpoint();
      return ending();
    }
  }
  take_best_weights();
  return ending();
}

std::vector<double> Trainer::rehearse(Index updates) {
  using Clock = std::chrono::steady_clock;
  std::vector<double> seconds;
  for (const Index last = std::min(history_.step + updates, plan_.total_steps); history_.step < last;) {
    const Clock::time_point start = Clock::now();
    update();
    seconds.push_back(std::chrono::duration<double>(Clock::now() - start).count());
  }
  return seconds;
}

UpdateReport Trainer::update() {
  const Index step = history_.step;
  std::vector<LossBatch> batches;
  std::vector<double> divisors;
  Index tokens = 0;
  {
    const profile::Timed timed("batches");
    const Sampler::Update chosen = sampler_.update(step);
    for (const std::vector<Index>& examples : chosen.batches) {
      batches.push_back(objective_.batch(examples, chosen.epoch));
      tokens += batches.back().tokens;
      divisors.resize(batches.back().counts.size());
      for (std::size_t i = 0; i < divisors.size(); ++i) divisors[i] += batches.back().counts[i];
    }
  }
  // A group of batches may have no masked token, for example lines of emoji only. Its loss and gradients are 0.
  std::ranges::replace(divisors, 0.0, 1.0);
  double loss = 0;
  for (std::size_t b = 0; b < batches.size(); ++b) {
    Tape tape;
    Mode mode = Mode::training(arguments_.seed,
                               static_cast<std::uint32_t>(step * arguments_.accumulation_steps + static_cast<Index>(b)),
                               arguments_.precision, arguments_.kept());
    const Var batch_loss = batches[b].loss(divisors, mode);
    loss += batch_loss.value().item();
    check_finite(loss, step + 1, "the loss");
    tape.backward(batch_loss);
  }
  const double norm = gradient_norm(parameters_);
  check_finite(norm, step + 1, "the gradient norm");
  const double rate =
      arguments_.learning_rate * learning_rate_factor(arguments_.schedule, step, plan_.warmup_steps, plan_.total_steps,
                                                      arguments_.schedule_options, arguments_.learning_rate);
  anchor_.pull(rate);
  optimizer_.step(rate, clip_scale(norm, arguments_.max_grad_norm));
  for (const Parameter& parameter : parameters_) parameter.var().clear_grad();
  ++history_.step;
  history_.epoch = static_cast<double>(history_.step) / static_cast<double>(plan_.updates_per_epoch);
  return {loss, norm, rate, tokens};
}

void Trainer::record(const UpdateReport& report) {
  if (history_.step == 1) history_.first_loss = report.loss;
  history_.loss_since_row += report.loss;
  ++history_.steps_since_row;
  observer_.on_update(report, history_);
  if (history_.step % plan_.logging_steps != 0 && history_.step != plan_.total_steps) return;
  const double loss = history_.loss_since_row / static_cast<double>(history_.steps_since_row);
  history_.training.push_back({history_.step, history_.epoch, loss, report.grad_norm, report.learning_rate});
  history_.loss_since_row = 0;
  history_.steps_since_row = 0;
  observer_.on_row(history_.training.back());
}

void Trainer::ask_probes() {
  for (ProbeRow& row : objective_.ask_probes()) {
    row.step = history_.step;
    history_.probes.push_back(std::move(row));
    observer_.on_row(history_.probes.back());
  }
}

void Trainer::score_guard() {
  std::optional<GuardRow> row = objective_.score_guard();
  if (!row) return;
  row->step = history_.step;
  history_.guards.push_back(std::move(*row));
  observer_.on_guard(history_.guards.back());
  check_finite(history_.guards.back().log_probability, history_.step, "the guard's log-probability");
}

void Trainer::evaluate() {
  ask_probes();
  score_guard();
  if (!objective_.validates()) return;
  Evaluation evaluation;
  try {
    evaluation = objective_.evaluate();
  } catch (const NotFiniteAnswerError&) {
    check_finite(std::numeric_limits<double>::quiet_NaN(), history_.step, "the validation loss");
  }
  history_.evaluations.push_back({history_.step, history_.epoch, evaluation.loss, std::move(evaluation.metrics)});
  history_.confusion = std::move(evaluation.confusion);
  const EvaluationRow& row = history_.evaluations.back();
  check_finite(row.loss, row.step, "the validation loss");
  observer_.on_row(row);
  const double value = metric_of(row, arguments_.best_metric);
  if (is_better(value)) {
    history_.best_metric = value;
    history_.best_step = history_.step;
    history_.evaluations_since_best = 0;
    if (arguments_.load_best) save_checkpoint();
  } else {
    ++history_.evaluations_since_best;
  }
}

// NaN is never better.
bool Trainer::is_better(double value) const {
  if (std::isnan(value)) return false;
  if (!history_.best_step) return true;
  return greater_is_better(arguments_) ? value > history_.best_metric : value < history_.best_metric;
}

bool Trainer::out_of_patience() const {
  return arguments_.early_stopping_patience && history_.evaluations_since_best >= *arguments_.early_stopping_patience;
}

// Names the first tensor that is not finite. Weights are searched before gradients, because a broken weight breaks
// every gradient.
void Trainer::check_finite(double value, Index step, const char* what) const {
  if (std::isfinite(value) || Rehearsal::is_running()) return;
  const auto finite = [](const Tensor& tensor) {
    return !tensor.defined() || std::ranges::all_of(tensor.values<float>(), [](float x) { return std::isfinite(x); });
  };
  std::string culprit = "every weight and gradient so far is finite";
  const auto weight = std::ranges::find_if_not(parameters_, finite, &Parameter::value);
  const auto gradient = std::ranges::find_if_not(parameters_, finite, &Parameter::grad);
  if (weight != parameters_.end()) {
    culprit = "the weight " + checkpoint_name(*weight) + " is not finite";
  } else if (gradient != parameters_.end()) {
    culprit = "the gradient of " + checkpoint_name(*gradient) + " is not finite";
  }
  if (step > history_.step) culprit += "; nothing was updated";
  fail("step {}: {} is {}; {}. Try a lower `learning_rate`", step, what,
       std::isnan(value) ? "nan (not a number)" : "infinite", culprit);
}

}  // namespace mini_bert
