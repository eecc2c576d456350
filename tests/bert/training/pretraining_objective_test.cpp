#include "mini_bert/bert/training/pretraining_objective.h"

#include "mini_bert/bert/training/trainer.h"
#include "tests/bert/bert_testing.h"
#include "tests/bert/training/training_testing.h"
#include "tests/catch.h"

using namespace mini_bert;

namespace {

struct Pretraining {
  Pretraining() {
    arguments.batch_size = 2;
    arguments.accumulation_steps = 2;
    arguments.max_steps = 6;
    arguments.learning_rate = 0.01;
    arguments.save_steps = 0;
    const PairSet set =
        make_pair_set({{"a b c", "d e", "f", "g h"}, {"i j k", "l m", "n o p"}, {"a c e", "b d"}}, tokenizer, 10);
    objective.emplace(model, tokenizer, arguments, 10, set, set);
    model.initialize(1);
  }
  Tokenizer tokenizer = test::tiny_tokenizer();
  BertForPreTraining model{test::tiny_config(0.1)};
  TrainingArguments arguments;
  std::optional<PretrainingObjective> objective;
};

}  // namespace

TEST_CASE("pre-training: a group of batches adds up to one batch of all", "[objective]") {
  const Pretraining setup;
  const std::vector<Index> all = {0, 1, 2, 3};
  const auto loss = [&](std::span<const Index> members, std::span<const double> divisors) {
    Mode mode = Mode::inference();
    return setup.objective->batch(members, 3).loss(divisors, mode).value().item();
  };
  const LossBatch whole = setup.objective->batch(all, 3);
  REQUIRE(whole.counts.size() == 2);
  CHECK(whole.counts[1] == 4);
  const std::vector<double> divisors = {static_cast<double>(whole.counts[0]), 4};
  const std::span<const Index> members = all;
  CHECK(loss(members.first(1), divisors) + loss(members.subspan(1), divisors) ==
        Approx(loss(members, divisors)).epsilon(1e-5));
}

TEST_CASE("pre-training: evaluates both tasks, always on the same pairs and masks", "[objective]") {
  const Pretraining setup;
  const Evaluation evaluation = setup.objective->evaluate();
  REQUIRE(evaluation.metrics.size() == 3);
  CHECK(evaluation.loss == evaluation.metrics[0].value + evaluation.metrics[1].value);
  CHECK(evaluation.metrics[2].name == "next_sentence_accuracy");
  CHECK(setup.objective->evaluate().loss == evaluation.loss);
}

TEST_CASE("pre-training: a resumed run ends with the same bits", "[objective]") {
  const test::Threads one_thread(1);
  const test::TemporaryFolder folder;
  const std::optional<Index> budget = GENERATE(std::optional<Index>(), std::optional<Index>(22));
  const auto run = [&](const std::string& name, Index stop_after, const std::filesystem::path& checkpoint) {
    Pretraining setup;
    setup.arguments.batch_tokens = budget;
    std::filesystem::create_directories(folder / name);
    test::Recorder recorder;
    recorder.stop_after = stop_after;
    Trainer trainer(*setup.objective, setup.tokenizer, setup.arguments, folder / name, recorder);
    if (!checkpoint.empty()) trainer.resume(checkpoint);
    trainer.run();
    return std::pair{test::values_of(setup.model.parameters()), trainer.history().to_json()};
  };
  const auto whole = run("whole", -1, {});
  run("parts", 3, {});
  const auto resumed = run("parts", -1, Trainer::latest_checkpoint(folder / "parts"));
  CHECK(test::same_bits(resumed.first, whole.first));
  CHECK(resumed.second == whole.second);
}

TEST_CASE("pre-training: no pair that is drawn takes a batch over its token budget", "[objective][budget]") {
  Pretraining setup;
  setup.arguments.batch_tokens = 22;
  Sampler sampler(setup.objective->lengths(), setup.arguments);
  Index most = 0;
  for (Index step = 0; step < 200; ++step) {
    const Sampler::Update update = sampler.update(step);
    for (const auto& members : update.batches) {
      most = std::max(most, setup.objective->batch(members, update.epoch).tokens);
    }
  }
  CHECK(most <= 22);
  CHECK(most > 16);  // two pairs, not one
  setup.arguments.batch_tokens = 9;
  CHECK_THROWS_WITH(Sampler(setup.objective->lengths(), setup.arguments),
                    ContainsSubstring("the longest training sample has 10 tokens"));
}

TEST_CASE("pre-training: sentences of one document alone are an Error", "[objective]") {
  Pretraining setup;
  const PairSet one = make_pair_set({{"a b c", "d e"}}, setup.tokenizer, 10);
  CHECK_THROWS_WITH(PretrainingObjective(setup.model, setup.tokenizer, setup.arguments, 10, one, {}),
                    ContainsSubstring("all training sentences are of one document"));
}
