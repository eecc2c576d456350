// Keeping layer inputs alone and computing the rest again: the same bits, less memory.
#include "mini_bert/autograd/tape.h"
#include "mini_bert/tensor/allocator.h"
#include "tests/bert/training/training_testing.h"
#include "tests/catch.h"

using namespace mini_bert;
using test::Run;
using test::Setup;

namespace {

BertConfig deep_config() {
  BertConfig config = test::tiny_config(0.2);
  config.num_hidden_layers = 6;
  return config;
}

}  // namespace

TEST_CASE("gradient checkpointing: loss and gradients of a whole model have the same bits", "[checkpointing]") {
  const test::Threads one_thread(1);
  const Precision precision = GENERATE(Precision::full, Precision::mixed);
  const BertForMaskedLM model(deep_config());
  test::randomize(model, 1, 0.4);
  const MaskedBatch batch = test::random_batch({5, 7}, 2);
  std::vector<Parameter> parameters = model.parameters();
  const auto gradients = [&](Kept kept) {
    Mode mode = Mode::training(5, 9, precision, kept);
    Tape tape;
    const Var loss = model.loss(batch, static_cast<double>(batch.masked()), mode);
    std::vector<Tensor> results = {loss.value().clone()};
    tape.backward(loss);
    for (Parameter& parameter : parameters) {
      results.push_back(parameter.grad());
      parameter.var().clear_grad();
    }
    return results;
  };
  CHECK(test::same_bits(gradients(Kept::layer_inputs), gradients(Kept::activations)));
}

TEST_CASE("gradient checkpointing: between forward and backward a layer holds its input alone", "[checkpointing]") {
  const test::Threads one_thread(1);
  const auto held_by_layers = [](Kept kept) {
    const auto held = [&](Index layers) {
      BertConfig config = deep_config();
      config.num_hidden_layers = layers;
      config.max_position_embeddings = 200;
      const BertForMaskedLM model(config);
      test::randomize(model, 1, 0.4);
      const MaskedBatch batch = test::random_batch({200, 200}, 2);
      const std::size_t before = CachingAllocator::instance().statistics().live;
      Mode mode = Mode::training(5, 9, Precision::full, kept);
      Tape tape;
      const Var loss = model.loss(batch, 1, mode);
      return CachingAllocator::instance().statistics().live - before;
    };
    return held(6) - held(2);  // of four layers
  };
  const BertConfig config = deep_config();
  const auto bytes = static_cast<std::size_t>(4 * 400 * config.hidden_size) * sizeof(float);  // [T,H] of four layers
  CHECK(held_by_layers(Kept::layer_inputs) >= bytes);
  CHECK(held_by_layers(Kept::layer_inputs) < bytes * 3 / 2);
  CHECK(held_by_layers(Kept::activations) > bytes * 9);
}

TEST_CASE("gradient checkpointing: a run may begin with it and end without, and has the same bits", "[checkpointing]") {
  Setup setup;
  setup.config = deep_config();
  setup.arguments.freeze_layers = GENERATE(0, 2);
  Run plain(setup, "plain");
  REQUIRE(plain.trainer.run() == Ending::completed);

  setup.arguments.gradient_checkpointing = true;
  Run begun(setup, "run");
  begun.recorder.stop_after = 5;
  REQUIRE(begun.trainer.run() == Ending::interrupted);
  CHECK(begun.recorder.reports[4].loss == plain.recorder.reports[4].loss);

  setup.arguments.gradient_checkpointing = false;
  Run ended(setup, "run", 99);
  ended.trainer.resume(Trainer::latest_checkpoint(setup.folder / "run"));
  REQUIRE(ended.trainer.run() == Ending::completed);
  CHECK(test::same_bits(ended.weights(), plain.weights()));
  CHECK(ended.trainer.history().to_json() == plain.trainer.history().to_json());
}
