#include "mini_bert/bert/training/layer_depths.h"

#include "mini_bert/autograd/tape.h"
#include "mini_bert/bert/model/heads.h"
#include "mini_bert/files/safetensors.h"
#include "tests/bert/training/training_testing.h"
#include "tests/catch.h"

using namespace mini_bert;
using test::Run;
using test::Setup;

namespace {

// Which parameters changed from one state of a model to another.
std::vector<std::string> changed(const std::vector<Parameter>& parameters, const std::vector<Tensor>& before,
                                 const std::vector<Tensor>& after) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    if (!test::same_bits(before[i], after[i])) names.push_back(checkpoint_name(parameters[i]));
  }
  return names;
}

std::vector<Tensor> copies(const std::vector<Parameter>& parameters) {
  std::vector<Tensor> values;
  for (const Parameter& parameter : parameters) values.push_back(parameter.value().clone());
  return values;
}

std::size_t recorded_operations(const BertForMaskedLM& model) {
  Tape tape;
  Mode mode = Mode::training(1, 0);
  const MaskedBatch batch = test::random_batch({7, 5, 9}, 3);
  model.loss(batch, 1, mode);
  return tape.size();
}

}  // namespace

TEST_CASE("depth: embeddings 0, layer l at l+1, pooler and heads above all layers", "[freeze]") {
  const BertConfig config = test::tiny_config();
  const BertForPreTraining pretraining(config);
  const BertForSequenceClassification classification(config);
  const BertForQuestionAnswering answering(config);
  for (const BertPreTrainedModel* const model :
       std::initializer_list<const BertPreTrainedModel*>{&pretraining, &classification, &answering}) {
    for (const Parameter& parameter : model->parameters()) {
      const std::string name = checkpoint_name(parameter);
      INFO(name);
      const Index by_hand = name.starts_with("bert.embeddings.")        ? 0
                            : name.starts_with("bert.encoder.layer.0.") ? 1
                            : name.starts_with("bert.encoder.layer.1.") ? 2
                                                                        : 3;
      CHECK(parameter.depth() == by_hand);
      CHECK(parameter.place.of_head == (by_hand == 3));
    }
  }
}

TEST_CASE("layer decay: the rates of a model of two layers", "[freeze]") {
  const BertForSequenceClassification model(test::tiny_config());
  const std::vector<Parameter> parameters = model.parameters();
  const std::vector<double> factors = rate_factors(parameters, 2, 0.9);
  REQUIRE(factors.size() == parameters.size());
  for (std::size_t i = 0; i < factors.size(); ++i) {
    const std::string name = checkpoint_name(parameters[i]);
    INFO(name);
    const double by_hand = name.starts_with("bert.embeddings")        ? 0.9 * 0.9 * 0.9
                           : name.starts_with("bert.encoder.layer.0") ? 0.9 * 0.9
                           : name.starts_with("bert.encoder.layer.1") ? 0.9
                                                                      : 1;
    CHECK(factors[i] == Approx(by_hand).epsilon(1e-15));
  }
  for (const double factor : rate_factors(parameters, 2, 1)) CHECK(factor == 1);
}

TEST_CASE("layer decay: with it the first update moves each layer by its share of the learning rate", "[freeze]") {
  // Without a bias in the way: the first step of AdamW is as long as the learning rate, whatever the gradient.
  const auto step_of = [](double decay, const std::string& name) {
    Setup setup;
    setup.arguments.schedule = Schedule::constant;
    setup.arguments.warmup_steps = 0;
    setup.arguments.max_steps = 1;
    setup.arguments.adamw.weight_decay = 0;
    setup.arguments.layer_decay = decay;
    Run run(setup);
    const std::vector<Parameter> parameters = run.model.parameters();
    const std::vector<Tensor> before = copies(parameters);
    run.trainer.run();
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      if (checkpoint_name(parameters[i]) != name) continue;
      double longest = 0;
      for (Index k = 0; k < before[i].size(); ++k) {
        const float* const now = parameters[i].value().data<float>();
        longest = std::max(longest, std::abs(static_cast<double>(now[k]) - before[i].data<float>()[k]));
      }
      return longest;
    }
    fail("test: no parameter {}", name);
  };
  const std::string lowest = "bert.embeddings.LayerNorm.bias", last = "bert.encoder.layer.1.output.dense.bias",
                    head = "cls.predictions.transform.dense.bias";
  CHECK(step_of(1, lowest) == Approx(1e-3).epsilon(1e-3));
  CHECK(step_of(0.5, lowest) == Approx(1e-3 / 8).epsilon(1e-3));
  CHECK(step_of(0.5, last) == Approx(1e-3 / 2).epsilon(1e-3));
  CHECK(step_of(0.5, head) == Approx(1e-3).epsilon(1e-3));
}

TEST_CASE("frozen parameters keep their bits, all others learn", "[freeze]") {
  struct Case {
    Index layers;
    bool embeddings;
    std::vector<std::string> frozen;
  };
  for (const Case& c : {Case{0, false, {}}, Case{0, true, {"bert.embeddings."}},
                        Case{1, false, {"bert.embeddings.", "bert.encoder.layer.0."}},
                        Case{2, true, {"bert.embeddings.", "bert.encoder."}}}) {
    Setup setup;
    setup.arguments.epochs = 1;
    setup.arguments.freeze_layers = c.layers;
    setup.arguments.freeze_embeddings = c.embeddings;
    setup.arguments.save_steps = 3;
    Run run(setup);
    const std::vector<Tensor> before = copies(run.model.parameters());
    run.trainer.run();
    const std::vector<std::string> learned = changed(run.model.parameters(), before, run.weights());
    const SafetensorsFile state(setup.folder / "run/checkpoint-3/optimizer.safetensors");
    for (const Parameter& parameter : run.model.parameters()) {
      const bool frozen = std::ranges::any_of(
          c.frozen, [&](const std::string& prefix) { return checkpoint_name(parameter).starts_with(prefix); });
      CAPTURE(checkpoint_name(parameter), c.layers, c.embeddings);
      CHECK(parameter.var().requires_grad() != frozen);
      CHECK((std::ranges::find(learned, checkpoint_name(parameter)) == learned.end()) == frozen);
      const auto has_state = [&](const auto& tensor) { return tensor.name == checkpoint_name(parameter) + ".exp_avg"; };
      CHECK(std::ranges::any_of(state.tensors(), has_state) != frozen);
    }
  }
}

TEST_CASE("nothing is recorded in frozen layers, so no backward pass enters them", "[freeze]") {
  BertForMaskedLM model(test::tiny_config(0.1));
  model.initialize(1);
  TrainingArguments arguments;
  const auto operations = [&](Index layers, bool embeddings) {
    arguments.freeze_layers = layers;
    arguments.freeze_embeddings = embeddings;
    freeze(model, arguments);
    return recorded_operations(model);
  };
  const std::size_t all = operations(0, false), without_embeddings = operations(0, true), one = operations(1, false),
                    two = operations(2, false);
  CHECK(all > without_embeddings);
  CHECK(without_embeddings > one);
  CHECK(one > two);
  CHECK(two > 0);
  CHECK(operations(0, false) == all);  // frozen is not for ever
}

TEST_CASE("the gradients above frozen layers are those of a model without frozen ones", "[freeze]") {
  BertForMaskedLM model(test::tiny_config(0.1));
  model.initialize(1);
  const MaskedBatch batch = test::random_batch({7, 5, 9}, 3);
  const auto gradients = [&](Index layers) {
    TrainingArguments arguments;
    arguments.freeze_layers = layers;
    freeze(model, arguments);
    model.clear_grads();
    Tape tape;
    Mode mode = Mode::training(1, 0);
    tape.backward(model.loss(batch, 1, mode));
    std::vector<Tensor> result;
    for (const Parameter& parameter : model.parameters()) {
      result.push_back(parameter.grad().defined() ? parameter.grad().clone() : Tensor());
    }
    return result;
  };
  const std::vector<Tensor> all = gradients(0), some = gradients(1);
  const std::vector<Parameter> parameters = model.parameters();
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    INFO(checkpoint_name(parameters[i]));
    CHECK(some[i].defined() == (parameters[i].depth() > 1));
    if (some[i].defined()) CHECK(test::same_bits(some[i], all[i]));
  }
}

TEST_CASE("a run with frozen layers and layer decay, stopped and resumed, ends with the bits of an unbroken one",
          "[freeze]") {
  Setup setup;
  setup.arguments.epochs = 2;
  setup.arguments.freeze_layers = 1;
  setup.arguments.layer_decay = 0.8;
  Run unbroken(setup, "unbroken");
  unbroken.trainer.run();
  Run stopped(setup, "stopped");
  stopped.recorder.stop_after = 2;
  REQUIRE(stopped.trainer.run() == Ending::interrupted);
  Run resumed(setup, "stopped", 99);
  resumed.trainer.resume(Trainer::latest_checkpoint(setup.folder / "stopped"));
  resumed.trainer.run();
  CHECK(test::same_bits(resumed.weights(), unbroken.weights()));
  CHECK(resumed.trainer.history().to_json() == unbroken.trainer.history().to_json());

  const std::filesystem::path checkpoint = setup.folder / "stopped/checkpoint-2";
  for (int other = 0; other < 2; ++other) {
    Setup changed_setup;
    changed_setup.arguments = setup.arguments;
    if (other == 0) changed_setup.arguments.layer_decay = 0.9;
    if (other == 1) changed_setup.arguments.freeze_layers = 2;
    Run refused(changed_setup);
    CHECK_THROWS_WITH(refused.trainer.resume(checkpoint),
                      ContainsSubstring("`layer_decay` was") || ContainsSubstring("`freeze_layers` was"));
  }
}

TEST_CASE("more layers cannot be frozen than there are", "[freeze]") {
  Setup setup;
  setup.arguments.freeze_layers = 3;
  CHECK_THROWS_WITH(Run(setup), ContainsSubstring("`freeze_layers` is 3; the model has 2 layers"));
}
