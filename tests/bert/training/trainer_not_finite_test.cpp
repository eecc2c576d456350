// Numbers that are not finite end a run before they reach a weight, and the message says where they came from.
#include <limits>

#include "tests/bert/training/training_testing.h"
#include "tests/catch.h"

using namespace mini_bert;
using test::Run;
using test::Setup;

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();

Tensor value_of(const Module& module, const std::string& name) {
  for (const Parameter& parameter : module.parameters()) {
    if (checkpoint_name(parameter) == name) return parameter.value();
  }
  fail("test: no parameter {}", name);
}

// Nothing but training, so that it is training that finds out.
struct BareSetup : Setup {
  BareSetup() {
    data.validation = {};
    data.probes.clear();
    arguments.warmup_steps = 0;
    arguments.schedule = Schedule::constant;
  }
};

}  // namespace

TEST_CASE("trainer: a weight that is not finite is named, and nothing is updated") {
  for (const std::string name : {"bert.encoder.layer.1.intermediate.dense.weight", "cls.predictions.bias",
                                 "bert.encoder.layer.0.attention.self.value.bias"}) {
    for (const float poison : {not_a_number, infinity}) {
      const BareSetup setup;
      Run run(setup);
      value_of(run.model, name).data<float>()[3] = poison;
      const std::vector<Tensor> before = run.weights();
      INFO(name);
      CHECK_THROWS_WITH(run.trainer.run(), ContainsSubstring("step 1: the loss is") &&
                                               ContainsSubstring("the weight " + name + " is not finite") &&
                                               ContainsSubstring("nothing was updated"));
      CHECK(test::same_bits(run.weights(), before));
      CHECK(run.trainer.history().step == 0);
      CHECK(run.recorder.events.empty());
    }
  }
}

TEST_CASE("trainer: an update that breaks the weights is found by the next one") {
  BareSetup setup;
  setup.arguments.learning_rate = std::numeric_limits<double>::infinity();
  Run run(setup);
  std::vector<Tensor> after_step_1;
  run.recorder.after_update = [&](const TrainingHistory& history) {
    if (history.step == 1) after_step_1 = run.weights();
  };
  CHECK_THROWS_WITH(run.trainer.run(), ContainsSubstring("step 2: the loss is") &&
                                           ContainsSubstring("the weight bert.embeddings.word_embeddings.weight"));
  CHECK(run.trainer.history().step == 1);
  CHECK(test::same_bits(run.weights(), after_step_1));
}

TEST_CASE("trainer: a gradient that is not finite is named although loss and weights are fine") {
  const BareSetup setup;
  Run run(setup);
  // The values are huge and the projection after them tiny: their product is ordinary, so the loss is finite. The
  // gradient of the projection is a sum of huge values and overflows.
  const std::string layer = "bert.encoder.layer.1.attention.";
  value_of(run.model, layer + "self.value.bias").fill(3e37);
  Tensor projection = value_of(run.model, layer + "output.dense.weight");
  for (float& weight : projection.values<float>()) weight *= 1e-36f;
  value_of(run.model, "cls.predictions.transform.LayerNorm.weight").fill(1e4);
  const std::vector<Tensor> before = run.weights();
  CHECK_THROWS_WITH(run.trainer.run(),
                    ContainsSubstring("step 1: the gradient norm is") &&
                        ContainsSubstring("the gradient of " + layer + "output.dense.weight is not finite") &&
                        ContainsSubstring("nothing was updated"));
  CHECK(test::same_bits(run.weights(), before));
}

TEST_CASE("trainer: a validation loss that is not finite names the step that led to it") {
  BareSetup setup;
  setup.data.validation = test::dataset_of({"a b c"}, setup.tokenizer);
  setup.arguments.learning_rate = std::numeric_limits<double>::infinity();
  setup.arguments.eval_steps = 1;
  setup.arguments.save_steps = 1;
  Run run(setup);
  CHECK_THROWS_WITH(run.trainer.run(),
                    ContainsSubstring("step 1: the validation loss is") && !ContainsSubstring("nothing was updated"));
  CHECK(Trainer::latest_checkpoint(setup.folder / "run").empty());
}
