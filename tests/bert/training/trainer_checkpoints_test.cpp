// A run that was stopped and taken up again ends with the bits of one that never stopped.
#include <cmath>
#include <fstream>

#include <nlohmann/json.hpp>

#include "mini_bert/bert/checkpoint.h"
#include "mini_bert/bert/run_identity.h"
#include "mini_bert/tensor/simd/isa.h"
#include "tests/bert/training/training_testing.h"
#include "tests/catch.h"

using namespace mini_bert;
using test::Run;
using test::Setup;
namespace fs = std::filesystem;

namespace {

std::vector<std::string> folders_in(const fs::path& path) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(path)) names.push_back(entry.path().filename().string());
  std::ranges::sort(names);
  return names;
}

// Weights, the optimizer's means and the history, as bytes.
void check_same_checkpoint(const fs::path& a, const fs::path& b) {
  for (const std::string name : {"model.safetensors", "optimizer.safetensors", "trainer_state.json"}) {
    INFO(a.filename() << " " << name);
    REQUIRE(fs::exists(a / name));
    CHECK(test::content_of(a / name) == test::content_of(b / name));
  }
}

std::vector<Tensor> weights_in(const fs::path& checkpoint) {
  return test::values_of(load_pretrained(checkpoint).model->parameters());
}

// Evaluates after every update of a run whose weights training itself does not move.
struct SetupForBest : Setup {
  SetupForBest() {
    arguments.learning_rate = 0;
    arguments.eval_steps = 1;
    arguments.load_best = true;
  }
};

// Bad weights at first, better ones after update 4 (every token equally likely), bad ones again after update 8.
void move_weights_by_hand(Run& run) {
  test::randomize(run.model, 1, 2);
  run.recorder.after_update = [&model = run.model](const TrainingHistory& history) {
    if (history.step == 8) test::randomize(model, 2, 2);
    if (history.step != 4) return;
    for (const Parameter& parameter : model.parameters()) {
      Tensor value = parameter.value();
      value.fill(parameter.role == Role::scale ? 1 : 0);
    }
  };
}

// Stopped after every update in turn, and once not at all.
void check_resume(Setup& setup, Index updates) {
  setup.arguments.save_steps = 1;
  Run unbroken(setup, "unbroken");
  REQUIRE(unbroken.trainer.run() == Ending::completed);
  const Index last = unbroken.trainer.plan().total_steps;
  REQUIRE(last == updates);
  const std::string last_name = fmt::format("checkpoint-{}", last);

  setup.arguments.save_steps = last;
  for (Index k = 1; k < last; ++k) {
    const std::string output = fmt::format("stopped-{}", k);
    {
      Run stopped(setup, output);
      stopped.recorder.stop_after = k;
      REQUIRE(stopped.trainer.run() == Ending::interrupted);
    }
    const fs::path checkpoint = Trainer::latest_checkpoint(setup.folder / output);
    REQUIRE(checkpoint.filename() == fmt::format("checkpoint-{}", k));
    check_same_checkpoint(checkpoint, setup.folder / "unbroken" / checkpoint.filename());

    const test::Threads threads(k % 4 == 0 ? 3 : 1);
    Run resumed(setup, output, 99);  // other weights to begin with
    resumed.trainer.resume(checkpoint);
    REQUIRE(resumed.trainer.run() == Ending::completed);
    INFO("stopped after update " << k);
    CHECK(test::same_bits(resumed.weights(), unbroken.weights()));
    CHECK(resumed.trainer.history().to_json() == unbroken.trainer.history().to_json());
    check_same_checkpoint(setup.folder / output / last_name, setup.folder / "unbroken" / last_name);
    // What the first part reported and what the second one did make up the whole: nothing twice, nothing missing.
    CHECK(resumed.recorder.reports.size() == static_cast<std::size_t>(last - k));
  }
}

}  // namespace

TEST_CASE("trainer: stopped at any step and resumed, a run ends with the bits of an unbroken one") {
  Setup setup;
  check_resume(setup, 12);  // four epochs
}

TEST_CASE("trainer: so it does where batches are filled up to a token budget", "[budget]") {
  Setup setup;
  setup.arguments.batch_tokens = 20;  // texts of 5 to 14 tokens
  setup.arguments.epochs = 3;
  check_resume(setup, 9);
}

TEST_CASE("trainer: resumed at the end, a run has nothing left to do") {
  Setup setup;
  setup.arguments.save_steps = 12;
  Run first(setup);
  first.trainer.run();
  Run second(setup, "run", 99);
  second.trainer.resume(setup.folder / "run/checkpoint-12");
  CHECK(second.trainer.run() == Ending::completed);
  CHECK(second.recorder.events.empty());
  CHECK(test::same_bits(second.weights(), first.weights()));
}

TEST_CASE("trainer: stop_requested saves a checkpoint that is a model directory, once") {
  Setup setup;
  setup.arguments.save_steps = 2;
  Run run(setup);
  run.recorder.stop_after = 2;  // where one is saved anyway
  CHECK(run.trainer.run() == Ending::interrupted);
  CHECK(folders_in(setup.folder / "run") == std::vector<std::string>{"checkpoint-2"});
  CHECK(std::ranges::count(run.recorder.events, "checkpoint-2") == 1);
  CHECK(folders_in(setup.folder / "run/checkpoint-2") ==
        std::vector<std::string>{"checksums.json", "config.json", "model.safetensors", "optimizer.safetensors",
                                 "tokenizer_config.json", "trainer_state.json", "vocab.txt"});
  CHECK(test::same_bits(weights_in(setup.folder / "run/checkpoint-2"), run.weights()));
}

TEST_CASE("trainer: load_best ends with the weights of the lowest validation loss") {
  const SetupForBest setup;
  Run run(setup);
  move_weights_by_hand(run);
  CHECK(run.trainer.run() == Ending::completed);
  const TrainingHistory& history = run.trainer.history();
  CHECK(history.best_step == Index{4});
  CHECK(history.best_metric == Approx(std::log(23)).epsilon(1e-6));
  CHECK(history.best_metric == std::ranges::min_element(history.evaluations, {}, &EvaluationRow::loss)->loss);
  CHECK(history.evaluations.back().loss > 2 * history.best_metric);
  CHECK(test::same_bits(run.weights(), weights_in(setup.folder / "run/checkpoint-4")));
  Mode mode = Mode::inference();
  const MaskedBatch batch = test::random_batch({9}, 1);
  CHECK(run.model.loss(batch, static_cast<double>(batch.masked()), mode).value().item() ==
        Approx(std::log(23)).epsilon(1e-6));
}

TEST_CASE("trainer: without load_best a run ends with the last weights") {
  SetupForBest setup;
  setup.arguments.load_best = false;
  setup.arguments.save_steps = 12;
  Run run(setup);
  move_weights_by_hand(run);
  run.trainer.run();
  CHECK(run.trainer.history().best_step == Index{4});
  CHECK(test::same_bits(run.weights(), weights_in(setup.folder / "run/checkpoint-12")));
  CHECK(folders_in(setup.folder / "run") == std::vector<std::string>{"checkpoint-12"});
}

TEST_CASE("trainer: load_best works in a run that was stopped in between") {
  const SetupForBest setup;
  Run unbroken(setup, "unbroken");
  move_weights_by_hand(unbroken);
  unbroken.trainer.run();
  for (const Index k : {2, 4, 6, 11}) {
    const std::string output = fmt::format("stopped-{}", k);
    Run stopped(setup, output);
    move_weights_by_hand(stopped);
    stopped.recorder.stop_after = k;
    REQUIRE(stopped.trainer.run() == Ending::interrupted);
    Run resumed(setup, output, 99);
    move_weights_by_hand(resumed);
    resumed.trainer.resume(Trainer::latest_checkpoint(setup.folder / output));
    resumed.trainer.run();
    INFO("stopped after update " << k);
    CHECK(test::same_bits(resumed.weights(), unbroken.weights()));
    CHECK(resumed.trainer.history().to_json() == unbroken.trainer.history().to_json());
  }
}

TEST_CASE("trainer: save_total_limit keeps the newest checkpoints") {
  Setup setup;
  setup.arguments.save_steps = 1;
  setup.arguments.save_total_limit = 2;
  Run run(setup);
  run.trainer.run();
  CHECK(folders_in(setup.folder / "run") == std::vector<std::string>{"checkpoint-11", "checkpoint-12"});
  setup.arguments.save_total_limit = 1;
  Run one(setup, "one");
  one.trainer.run();
  CHECK(folders_in(setup.folder / "one") == std::vector<std::string>{"checkpoint-12"});
}

TEST_CASE("trainer: save_total_limit never deletes the best one") {
  Setup setup;
  setup.arguments.learning_rate = 0;  // the first evaluation stays the best
  setup.arguments.eval_steps = 1;
  setup.arguments.save_steps = 1;
  setup.arguments.load_best = true;
  setup.arguments.save_total_limit = 2;
  Run run(setup);
  run.trainer.run();
  CHECK(folders_in(setup.folder / "run") == std::vector<std::string>{"checkpoint-0", "checkpoint-12"});
}

TEST_CASE("trainer: latest_checkpoint compares numbers and ignores everything else") {
  const test::TemporaryFolder folder;
  CHECK(Trainer::latest_checkpoint(folder.path()).empty());
  CHECK(Trainer::latest_checkpoint(folder / "missing").empty());
  for (const std::string name : {"checkpoint-9", "checkpoint-100", "checkpoint-99", "checkpoint-200.tmp",
                                 "checkpoint-300x", "checkpoint-", "checkpoint", "other-400", "checkpoint-x500"}) {
    fs::create_directory(folder / name);
    folder.put(name + "/trainer_state.json", "{}");
  }
  fs::create_directory(folder / "checkpoint-700");  // has no file of a checkpoint
  folder.put("checkpoint-700/notes.txt", "of somebody");
  std::ofstream(folder / "checkpoint-600") << "a file";
  CHECK(Trainer::latest_checkpoint(folder.path()) == folder / "checkpoint-100");
}

TEST_CASE("trainer: a checkpoint of another run is refused") {
  Setup setup;
  setup.arguments.save_steps = 12;
  Run(setup).trainer.run();
  const fs::path checkpoint = setup.folder / "run/checkpoint-12";

  setup.arguments.max_steps = 13;
  CHECK_THROWS_WITH(Run(setup).trainer.resume(checkpoint), ContainsSubstring("`updates` was 12, now it is 13"));
  setup.arguments.max_steps = 12;
  setup.arguments.learning_rate = 2e-3;
  CHECK_THROWS_WITH(Run(setup).trainer.resume(checkpoint),
                    ContainsSubstring("trainer_state.json: the run cannot go on with other arguments or data than it "
                                      "began with: `learning_rate` was 0.001, now it is 0.002"));
  setup.arguments.learning_rate = 1e-3;
  for (Dataset* data : {&setup.data.train, &setup.data.validation}) {
    std::int32_t& id = data->sequences.back().ids[1];
    ++id;  // one token of one text
    CHECK_THROWS_WITH(Run(setup).trainer.resume(checkpoint), ContainsSubstring("_data` was "));
    --id;
  }
  CHECK_NOTHROW(Run(setup).trainer.resume(checkpoint));
  CHECK_THROWS_AS(Run(setup).trainer.resume(setup.folder / "run"), Error);
  CHECK_THROWS_WITH(Run(setup).trainer.resume(setup.folder / "run"), ContainsSubstring("trainer_state.json"));
  setup.config.intermediate_size = 21;
  CHECK_THROWS_WITH(Run(setup).trainer.resume(checkpoint),
                    ContainsSubstring("`config.intermediate_size` was 20, now it is 21"));
  setup.config.intermediate_size = 20;
  setup.config.num_hidden_layers = 3;
  CHECK_THROWS_WITH(Run(setup).trainer.resume(checkpoint),
                    ContainsSubstring("`config.num_hidden_layers` was 2, now it is 3"));
  setup.config.num_hidden_layers = 2;
  fs::remove(checkpoint / "optimizer.safetensors");
  CHECK_THROWS_WITH(Run(setup).trainer.resume(checkpoint), ContainsSubstring("optimizer.safetensors"));
}

TEST_CASE("trainer: a run is known by its token budget where it has one, otherwise by its batch size", "[budget]") {
  Setup setup;
  setup.arguments.save_steps = 12;
  const auto identity = [&setup] { return Run(setup).trainer.history().identity; };
  const RunIdentity by_texts = identity();
  CHECK(by_texts.value("updates") == "12");
  CHECK(by_texts.value("batch_size") == "2");
  CHECK(by_texts.value("batch_tokens").empty());
  setup.arguments.max_steps = 12;
  CHECK(identity() == by_texts);
  Run(setup).trainer.run();
  setup.arguments.batch_tokens = 20;
  const fs::path checkpoint = setup.folder / "run/checkpoint-12";
  CHECK_THROWS_WITH(Run(setup).trainer.resume(checkpoint),
                    ContainsSubstring("`batch_tokens` was not set, now it is 20") &&
                        ContainsSubstring("`batch_size` was 2, now it is not set"));

  Run(setup).trainer.run();
  CHECK_NOTHROW(Run(setup).trainer.resume(checkpoint));
  setup.arguments.batch_size = 3;  // is not read
  CHECK_NOTHROW(Run(setup).trainer.resume(checkpoint));
  setup.arguments.batch_tokens = 21;
  CHECK_THROWS_WITH(Run(setup).trainer.resume(checkpoint), ContainsSubstring("`batch_tokens` was 20, now it is 21"));
}

TEST_CASE("trainer: a run goes on with the instruction set, precision and model that it began with") {
  Setup setup;
  setup.arguments.save_steps = 12;
  Run(setup).trainer.run();
  const fs::path checkpoint = setup.folder / "run/checkpoint-12", state = checkpoint / "trainer_state.json";
  const std::string written = test::content_of(state);
  const auto resumed_from = [&](const std::string& key, const std::string& value) {
    auto json = nlohmann::json::parse(written);
    REQUIRE(json.at("identity").contains(key));
    json["identity"][key] = value;
    test::rewrite_state(checkpoint, json.dump());
    try {
      Run(setup).trainer.resume(checkpoint);
    } catch (const OtherRunError& error) {
      REQUIRE(error.differences().size() == 1);
      CHECK(error.differences()[0].key == key);
      CHECK(error.differences()[0].before == value);
      return std::string(error.what());
    }
    return std::string("no error");
  };
  CHECK_THAT(resumed_from("instruction_set", "neon2"),
             ContainsSubstring(fmt::format("`instruction_set` was neon2, now it is {}", name_of(isa()))));
  CHECK_THAT(resumed_from("precision", "bf16"), ContainsSubstring("`precision` was bf16, now it is f32"));
  CHECK_THAT(resumed_from("config.hidden_dropout_prob", "0.5"), ContainsSubstring("`config.hidden_dropout_prob` was"));
  CHECK_THAT(resumed_from("adamw.beta_1", "0.5"), ContainsSubstring("`adamw.beta_1` was 0.5, now it is 0.9"));
  auto json = nlohmann::json::parse(written);
  json["identity"] = "12 updates of 2x2 texts, seed 42";
  test::rewrite_state(checkpoint, json.dump());
  CHECK_THROWS_WITH(Run(setup).trainer.resume(checkpoint), ContainsSubstring("the sentence of an earlier version"));
  test::rewrite_state(checkpoint, written);
  CHECK_NOTHROW(Run(setup).trainer.resume(checkpoint));
}
