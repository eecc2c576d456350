// A long run takes no more memory than a short one.
#include "mini_bert/base/memory_left.h"
#include "tests/bert/training/training_testing.h"
#include "tests/catch.h"
#include "tests/soak.h"

namespace mini_bert::memory_growth_test {

// Notes the resident set after each update.
class Watch : public TrainingObserver {
 public:
  void on_update(const UpdateReport&, const TrainingHistory&) override {
    if (const auto resident = resident_memory()) sizes.push_back(resident->now);
  }
  std::vector<std::uint64_t> sizes;
};

TEST_CASE("memory growth: none over the updates of a run") {
  test::Setup setup;
  const Index updates = test::soak_count(500);
  setup.arguments.max_steps = updates;
  setup.arguments.logging_steps = 100;
  setup.arguments.eval_steps = 100;
  BertForMaskedLM model(setup.config);
  model.initialize(test::soak_seed(1));
  const MaskedLmObjective objective(model, setup.tokenizer, setup.arguments, setup.data);
  Watch watch;
  Trainer trainer(objective, setup.tokenizer, setup.arguments, {}, watch);
  trainer.run();
  REQUIRE(std::ssize(watch.sizes) == updates);
  // After a fifth of the run every kind of batch has been seen. Rows of the history stay, 100 bytes each.
  const auto begin = watch.sizes.begin() + updates / 5;
  const std::uint64_t early = *begin, late = watch.sizes.back();
  fmt::print("memory growth: {} updates, {} bytes\n", updates, static_cast<std::int64_t>(late - early));
  CHECK(late <= early + 256 * 1024);
}

}  // namespace mini_bert::memory_growth_test
