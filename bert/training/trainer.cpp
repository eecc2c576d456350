#include "bert/training/trainer.h"

#include <algorithm>
#include <cmath>

#include "autograd/tape.h"
#include "bert/checkpoint.h"
#include "bert/predict/fill_mask.h"
#include "nn/clip_grad.h"

namespace mini_bert {
namespace {

// Without this, a vocabulary of another language would train on nothing for hours.
void require_something_to_mask(const Dataset& dataset, const Tokenizer& tokenizer, const char* which) {
  const auto is_ordinary = [&](std::int32_t id) { return !tokenizer.is_special(id); };
  require(
      dataset.sequences.empty() ||
          std::ranges::any_of(dataset.sequences,
                              [&](const Sequence& sequence) { return std::ranges::any_of(sequence.ids, is_ordinary); }),
      "none of the {} {} texts has a token to mask, {} of their tokens are unknown; is this the vocabulary of their "
      "language?",
      dataset.sequences.size(), which, dataset.unknown);
}

}  // namespace

Trainer::Trainer(BertForMaskedLM& model, const Tokenizer& tokenizer, const TrainingArguments& arguments,
                 const TrainingData& data, std::filesystem::path output, TrainingObserver& observer)
    : model_(model),
      tokenizer_(tokenizer),
      arguments_(arguments),
      data_(data),
      output_(std::move(output)),
      observer_(observer),
      plan_(arguments, static_cast<Index>(data.train.sequences.size())),
      masker_(tokenizer, arguments.mask_probability),
      sampler_(data.train.sequences, masker_, arguments),
      optimizer_(model.parameters(), arguments.adamw) {
  require_something_to_mask(data.train, tokenizer, "training");
  require_something_to_mask(data.validation, tokenizer, "validation");
  if (!data.validation.sequences.empty()) {
    validation_ = Sampler(data.validation.sequences, masker_, arguments).fixed_batches();
  }
  history_.identity = identity();
  history_.total_steps = plan_.total_steps;
  history_.epochs = static_cast<double>(plan_.total_steps) / static_cast<double>(plan_.updates_per_epoch);
}

Ending Trainer::run() {
  if (history_.probes.empty() && history_.evaluations.empty()) evaluate();
  while (history_.step < plan_.total_steps && !out_of_patience()) {
    record(update());
    const bool last = history_.step == plan_.total_steps;
    if (history_.step % plan_.eval_steps == 0 || last) evaluate();
    if (plan_.save_steps > 0 && history_.step % plan_.save_steps == 0) save_checkpoint();
    if (!last && !out_of_patience() && observer_.stop_requested()) {
      save_checkpoint();
      return Ending::interrupted;
    }
  }
  if (arguments_.load_best && history_.best_step && *history_.best_step != history_.step) {
    read_parameters(SafetensorsFile(checkpoint_path(*history_.best_step) / "model.safetensors"), model_.parameters());
  }
  return out_of_patience() ? Ending::stopped_early : Ending::completed;
}

UpdateReport Trainer::update() {
  const Index step = history_.step;
  const std::vector<MaskedBatch> batches = sampler_.update(step);
  Index masked = 0, tokens = 0;
  for (const MaskedBatch& batch : batches) {
    masked += batch.masked();
    tokens += batch.tokens.ids.size();
  }
  // A group without any (lines of emoji, say) has no loss, and its gradients are 0.
  const double divisor = std::max(static_cast<double>(masked), 1.0);
  double loss = 0;
  for (std::size_t b = 0; b < batches.size(); ++b) {
    Tape tape;
    Mode mode = Mode::training(
        arguments_.seed, static_cast<std::uint32_t>(step * arguments_.accumulation_steps + static_cast<Index>(b)));
    const Var batch_loss = model_.loss(batches[b], divisor, mode);
    loss += batch_loss.value().item();
    check_finite(loss, step + 1, "the loss");
    tape.backward(batch_loss);
  }
  const double norm = gradient_norm(model_.parameters());
  check_finite(norm, step + 1, "the gradient norm");
  const double rate =
      arguments_.learning_rate * learning_rate_factor(arguments_.schedule, step, plan_.warmup_steps, plan_.total_steps);
  optimizer_.step(rate, clip_scale(norm, arguments_.max_grad_norm));
  model_.clear_grads();
  ++history_.step;
  history_.epoch = static_cast<double>(history_.step) / static_cast<double>(plan_.updates_per_epoch);
  return {loss, norm, rate, tokens};
}

void Trainer::record(const UpdateReport& report) {
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
  for (const std::string& text : data_.probes) {
    ProbeRow row{history_.step, text, {}};
    const auto answers = fill_mask(model_, tokenizer_, text);
    for (const FillMaskAnswer& answer : answers.front()) {
      row.answers.push_back({answer.token_str, answer.score});
    }
    history_.probes.push_back(std::move(row));
    observer_.on_row(history_.probes.back());
  }
}

void Trainer::evaluate() {
  ask_probes();
  if (validation_.empty()) return;
  const NoGrad no_grad;
  double sum = 0;
  Index masked = 0;
  for (const MaskedBatch& batch : validation_) {
    Mode mode = Mode::inference();
    sum += model_.loss(batch, 1, mode).value().item();
    masked += batch.masked();
  }
  history_.evaluations.push_back({history_.step, history_.epoch, sum / static_cast<double>(masked)});
  const EvaluationRow& row = history_.evaluations.back();
  check_finite(row.loss, row.step, "the validation loss");
  observer_.on_row(row);
  if (row.loss < history_.best_loss) {
    history_.best_loss = row.loss;
    history_.best_step = history_.step;
    history_.evaluations_since_best = 0;
    if (arguments_.load_best) save_checkpoint();
  } else {
    ++history_.evaluations_since_best;
  }
}

bool Trainer::out_of_patience() const {
  return arguments_.early_stopping_patience && history_.evaluations_since_best >= *arguments_.early_stopping_patience;
}

// Names the first tensor that is not finite, weights before gradients: a broken weight breaks every gradient.
void Trainer::check_finite(double value, Index step, const char* what) const {
  if (std::isfinite(value)) return;
  const auto finite = [](const Tensor& tensor) {
    return !tensor.defined() || std::ranges::all_of(tensor.values<float>(), [](float x) { return std::isfinite(x); });
  };
  std::string culprit = "every weight and gradient so far is finite";
  const std::vector<Parameter> parameters = model_.parameters();
  const auto weight = std::ranges::find_if_not(parameters, finite, &Parameter::value);
  const auto gradient = std::ranges::find_if_not(parameters, finite, &Parameter::grad);
  if (weight != parameters.end()) {
    culprit = "the weight " + weight->name + " is not finite";
  } else if (gradient != parameters.end()) {
    culprit = "the gradient of " + gradient->name + " is not finite";
  }
  if (step > history_.step) culprit += "; nothing was updated";
  fail("step {}: {} is {}; {}. Try a lower --learning-rate", step, what, value, culprit);
}

}  // namespace mini_bert
