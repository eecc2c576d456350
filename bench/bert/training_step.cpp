#include "bench/bert/training_step.h"

#include <cmath>

#include "bench/bert/workload.h"
#include "mini_bert/autograd/tape.h"
#include "mini_bert/nn/clip_grad.h"

namespace mini_bert::bench {
namespace {

void require_near(double actual, double expected, double tolerance, const char* what) {
  require(std::abs(actual - expected) <= tolerance, "{} must be within {} of {}, got {}; nothing was timed", what,
          tolerance, expected, actual);
}

}  // namespace

TrainingStep::TrainingStep(BertForMaskedLM& model, double learning_rate, double weight_decay)
    : model_(model),
      parameters_(model.parameters()),
      learning_rate_(learning_rate),
      optimizer_(parameters_, {.weight_decay = weight_decay}) {}

UpdateResult TrainingStep::run(const MaskedBatch& batch, Mode mode) {
  Tape tape;
  const Var loss = model_.loss(batch, static_cast<double>(batch.masked()), mode);
  const double value = loss.value().item();
  tape.backward(loss);
  const double norm = gradient_norm(parameters_);
  optimizer_.step(learning_rate_, clip_scale(norm, 1));
  for (Parameter& parameter : parameters_) parameter.var().clear_grad();
  return {value, norm};
}

void check_training_step() {
  BertConfig config;
  config.vocab_size = 211;
  config.hidden_size = 64;
  config.num_hidden_layers = 2;
  config.num_attention_heads = 4;
  config.intermediate_size = 96;
  config.initializer_range = 0.1;
  BertForMaskedLM single(config), exact(config, DType::f64);
  single.initialize(5);
  exact.initialize(5);
  TrainingStep single_step(single, 1e-3, 0.01), exact_step(exact, 1e-3, 0.01);
  for (std::uint32_t update = 0; update < 3; ++update) {
    const Work work = random_work(3, 29, config.vocab_size, update);
    const UpdateResult actual = single_step.run(work.batch, Mode::training(7, update));
    const UpdateResult expected = exact_step.run(work.batch, Mode::training(7, update));
    require_near(actual.loss, expected.loss, 1e-5 * expected.loss, "the loss of a small model");
    require_near(actual.grad_norm, expected.grad_norm, 1e-4 * expected.grad_norm, "its gradient norm");
  }
}

void check_first_loss(double loss, const BertConfig& config, Index masked) {
  const double variance = static_cast<double>(config.hidden_size) * config.initializer_range * config.initializer_range;
  const double expected = std::log(static_cast<double>(config.vocab_size)) + variance / 2;
  require_near(loss, expected, 5 * std::sqrt(variance / static_cast<double>(masked)), "the first loss");
}

}  // namespace mini_bert::bench
