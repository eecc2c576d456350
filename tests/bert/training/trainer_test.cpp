#include "mini_bert/bert/training/trainer.h"

#include <limits>

#include "mini_bert/bert/checkpoint.h"
#include "tests/bert/training/training_testing.h"
#include "tests/catch.h"

using namespace mini_bert;
using test::Run;
using test::Setup;
using Names = std::vector<std::string>;

namespace {

// Letter (s + p) mod 8 at place p of sentence s: one letter that is seen tells all the others.
std::vector<std::string> latin_square() {
  std::vector<std::string> texts;
  for (int s = 0; s < 8; ++s) {
    std::string text;
    for (int p = 0; p < 8; ++p) text += {static_cast<char>('a' + (s + p) % 8), ' '};
    texts.push_back(text);
  }
  return texts;
}

}  // namespace

TEST_CASE("trainer: learns eight sentences by heart") {
  Setup setup;
  setup.config = test::tiny_config(0);
  setup.config.hidden_size = 24;
  setup.config.intermediate_size = 48;
  setup.data.train = test::dataset_of(latin_square(), setup.tokenizer);
  setup.data.validation = setup.data.train;  // under masks that do not change
  setup.data.probes = {"c d e [MASK] g h a b"};
  setup.arguments.batch_size = 8;
  setup.arguments.accumulation_steps = 1;
  setup.arguments.max_steps = 800;
  setup.arguments.warmup_steps = 50;
  setup.arguments.learning_rate = 6e-3;
  setup.arguments.adamw.weight_decay = 0;
  setup.arguments.logging_steps = 100;
  setup.arguments.eval_steps = 800;
  Run run(setup);
  CHECK(run.trainer.run() == Ending::completed);
  const TrainingHistory& history = run.trainer.history();
  CHECK(history.training.front().loss > 1);
  CHECK(history.training.back().loss < 0.1);  // now and then too much is masked or replaced to tell
  CHECK(history.evaluations.front().loss > 2);
  CHECK(history.evaluations.back().loss < 0.01);
  CHECK(history.probes.back().answers.front().token == "f");
  CHECK(history.probes.back().answers.front().score > 0.98);
}

TEST_CASE("trainer: two batches of four make the update that one batch of eight makes") {
  Setup setup;
  setup.config = test::tiny_config(0);
  setup.data.train = test::dataset_of(test::random_texts(20, 1), setup.tokenizer);
  setup.arguments.max_steps = 6;
  setup.arguments.batch_size = 8;
  setup.arguments.accumulation_steps = 1;
  Run whole(setup, "whole");
  whole.trainer.run();
  setup.arguments.batch_size = 4;
  setup.arguments.accumulation_steps = 2;
  Run parts(setup, "parts");
  parts.trainer.run();
  REQUIRE(whole.recorder.reports.size() == 6);
  for (std::size_t i = 0; i < 6; ++i) {
    CHECK(parts.recorder.reports[i].loss == Approx(whole.recorder.reports[i].loss).epsilon(1e-5));
    CHECK(parts.recorder.reports[i].grad_norm == Approx(whole.recorder.reports[i].grad_norm).epsilon(1e-4));
    CHECK(parts.recorder.reports[i].learning_rate == whole.recorder.reports[i].learning_rate);
    CHECK(parts.recorder.reports[i].tokens == whole.recorder.reports[i].tokens);
  }
  const std::vector<Parameter> a = parts.model.parameters(), b = whole.model.parameters();
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (checkpoint_name(a[i]).ends_with("key.bias"))
      continue;  // its gradient is rounding noise, which AdamW makes large
    INFO(checkpoint_name(a[i]));
    CHECK(test::relative_error(a[i].value(), b[i].value()) < 1e-3);
  }
}

TEST_CASE("trainer: an update is the loss of the sampler's batches, each with dropout of its own") {
  Setup setup;
  setup.arguments.learning_rate = 0;
  setup.arguments.max_steps = 4;
  Run run(setup);
  run.trainer.run();
  Sampler sampler(run.objective.lengths(), setup.arguments);
  std::uint32_t batches_so_far = 0;
  for (Index step = 0; step < 4; ++step) {
    const Sampler::Update update = sampler.update(step);
    std::vector<MaskedBatch> batches;
    for (const auto& examples : update.batches) batches.push_back(run.objective.masked(examples, update.epoch));
    Index masked = 0;
    for (const MaskedBatch& batch : batches) masked += batch.masked();
    double loss = 0;
    for (std::size_t b = 0; b < batches.size(); ++b) {
      // Two numbers are set aside for every update, also where the last one of an epoch has a single batch.
      Mode mode = Mode::training(setup.arguments.seed, batches_so_far + static_cast<std::uint32_t>(b));
      loss += run.model.loss(batches[b], static_cast<double>(masked), mode).value().item();
    }
    batches_so_far += 2;
    CHECK(run.recorder.reports[static_cast<std::size_t>(step)].loss == loss);
  }
}

TEST_CASE("trainer: the observer is told everything once and in order") {
  Setup setup;
  setup.arguments.max_steps = 3;
  setup.arguments.logging_steps = 1;
  setup.arguments.eval_steps = 2;
  setup.arguments.save_steps = 1;
  Run run(setup);
  CHECK(run.trainer.run() == Ending::completed);
  CHECK(run.recorder.events == Names{"probe 0", "eval 0",                                                //
                                     "update 1", "row 1", "checkpoint-1", "asked",                       //
                                     "update 2", "row 2", "probe 2", "eval 2", "checkpoint-2", "asked",  //
                                     "update 3", "row 3", "probe 3", "eval 3", "checkpoint-3"});
}

TEST_CASE("trainer: without validation data only probes are asked; without both nothing is") {
  Setup setup;
  setup.data.validation = {};
  setup.arguments.max_steps = 2;
  setup.arguments.eval_steps = 1;
  Run probes(setup);
  probes.trainer.run();
  CHECK(probes.recorder.events == Names{"probe 0", "update 1", "probe 1", "asked", "update 2", "row 2", "probe 2"});
  setup.data.probes.clear();
  Run nothing(setup);
  nothing.trainer.run();
  CHECK(nothing.recorder.events == Names{"update 1", "asked", "update 2", "row 2"});
}

TEST_CASE("trainer: a row is the mean of the updates since the row before") {
  Setup setup;
  Run run(setup);
  run.trainer.run();
  const TrainingHistory& history = run.trainer.history();
  const auto& reports = run.recorder.reports;
  REQUIRE(reports.size() == 12);
  REQUIRE(history.training.size() == 3);  // after 5, 10 and, at the end, 12
  for (const auto& [row, begin, end] : {std::tuple{0u, 0u, 5u}, {1u, 5u, 10u}, {2u, 10u, 12u}}) {
    double sum = 0;
    for (std::size_t i = begin; i < end; ++i) sum += reports[i].loss;
    CHECK(history.training[row].loss == Approx(sum / (end - begin)).epsilon(1e-14));
    CHECK(history.training[row].step == end);
    CHECK(history.training[row].epoch == Approx(end / 3.0));
    CHECK(history.training[row].grad_norm == reports[end - 1].grad_norm);
    CHECK(history.training[row].learning_rate == reports[end - 1].learning_rate);
  }
  CHECK(reports[0].learning_rate == 0);
  CHECK(reports[1].learning_rate == Approx(0.5e-3));
  CHECK(reports[2].learning_rate == 1e-3);
  CHECK(reports[11].learning_rate == Approx(1e-4));
}

TEST_CASE("trainer: the same run has the same bits, another seed has others") {
  Setup setup;
  Run first(setup), second(setup);
  first.trainer.run();
  second.trainer.run();
  CHECK(test::same_bits(first.weights(), second.weights()));
  CHECK(first.trainer.history().to_json() == second.trainer.history().to_json());
  setup.arguments.seed = 43;
  Run other(setup);
  other.trainer.run();
  CHECK_FALSE(test::same_bits(first.weights(), other.weights()));
}

TEST_CASE("trainer: a loop of advance() is a run, and a call more changes nothing") {
  Setup setup;
  setup.arguments.max_steps = 5;
  Run whole(setup, "whole"), steps(setup, "steps");
  whole.trainer.run();
  for (int step = 1; step < 5; ++step) CHECK(steps.trainer.advance());
  CHECK_FALSE(steps.trainer.advance());
  CHECK_FALSE(steps.trainer.advance());
  CHECK(steps.trainer.history().to_json() == whole.trainer.history().to_json());
}

TEST_CASE("trainer: stops early after so many evaluations without a better loss") {
  Setup setup;
  setup.arguments.learning_rate = 0;  // the loss stays what it was
  setup.arguments.eval_steps = 2;
  setup.arguments.save_steps = 4;
  setup.arguments.early_stopping_patience = 2;
  Run run(setup);
  CHECK(run.trainer.run() == Ending::stopped_early);
  CHECK(run.trainer.history().step == 4);
  CHECK(run.trainer.history().best_step == Index{0});
  CHECK(run.trainer.history().evaluations_since_best == 2);

  Run resumed(setup);
  resumed.trainer.resume(setup.folder / "run/checkpoint-4");
  CHECK(resumed.trainer.run() == Ending::stopped_early);
  CHECK(resumed.recorder.events.empty());

  setup.arguments.early_stopping_patience = 100;
  Run patient(setup, "patient");
  CHECK(patient.trainer.run() == Ending::completed);
  CHECK(patient.trainer.history().step == 12);
}

TEST_CASE("trainer: texts without a token to mask are read, and teach nothing") {
  Setup setup;
  setup.data.train = test::dataset_of({"龘", "a b c d"}, setup.tokenizer);
  setup.arguments.batch_size = 1;
  setup.arguments.accumulation_steps = 1;
  setup.arguments.epochs = 2;
  Run run(setup);
  CHECK(run.trainer.run() == Ending::completed);
  CHECK(std::ranges::count(run.recorder.reports, 0.0, &UpdateReport::loss) == 2);

  setup.data.train = test::dataset_of({"龘 龘", "龘"}, setup.tokenizer);
  CHECK_THROWS_WITH(Run(setup), ContainsSubstring("none of the 2 training texts has a token to mask"));
  setup.data.train = setup.data.validation;
  setup.data.validation = test::dataset_of({"龘 龘"}, setup.tokenizer);
  CHECK_THROWS_WITH(Run(setup), ContainsSubstring("none of the 1 validation texts"));
}

TEST_CASE("trainer: no training data is an Error") {
  Setup setup;
  setup.data.train = {};
  CHECK_THROWS_WITH(Run(setup), ContainsSubstring("nothing to train on"));
}

TEST_CASE("trainer: a schedule's settings reach the learning rate, and a resumed run must have the same") {
  Setup setup;
  setup.arguments.max_steps = 6;
  setup.arguments.schedule = Schedule::cosine_with_min_lr;
  setup.arguments.schedule_options.min_lr_rate = 0.5;
  setup.arguments.save_steps = 3;
  Run run(setup);
  run.trainer.run();
  for (std::size_t step = 0; step < 6; ++step) {
    const double factor = learning_rate_factor(Schedule::cosine_with_min_lr, static_cast<Index>(step), 2, 6,
                                               setup.arguments.schedule_options, setup.arguments.learning_rate);
    CHECK(run.recorder.reports[step].learning_rate == setup.arguments.learning_rate * factor);
  }
  CHECK(run.recorder.reports[5].learning_rate > setup.arguments.learning_rate / 2);
  setup.arguments.schedule_options.min_lr_rate = 0.25;
  Run other(setup);
  CHECK_THROWS_WITH(other.trainer.resume(setup.folder / "run/checkpoint-3"),
                    ContainsSubstring("schedule_options.min_lr_rate") && ContainsSubstring("0.5"));
}
