#include "mini_bert/bert/training/memory.h"

#include "mini_bert/nn/initial_values.h"
#include "mini_bert/tensor/allocator.h"
#include "tests/bert/training/training_testing.h"
#include "tests/catch.h"

// tests/apps/memory_plan_test.cpp compares plans with what whole runs take.
namespace mini_bert::memory_test {

std::size_t planned(const test::Setup& setup) {
  BertForMaskedLM model(setup.config);
  const MaskedLmObjective objective(model, setup.tokenizer, setup.arguments, setup.data);
  return planned_training_bytes(objective, setup.tokenizer, setup.arguments);
}

TEST_CASE("memory: a plan changes nothing, and gives back what it took") {
  const test::Setup setup;
  test::Run plain(setup, "plain"), planned_first(setup, "planned");
  const std::size_t live = CachingAllocator::instance().statistics().live;
  CHECK(planned_training_bytes(planned_first.objective, setup.tokenizer, setup.arguments) > 0);
  CHECK(CachingAllocator::instance().statistics().live == live);
  plain.trainer.run();
  planned_first.trainer.run();
  CHECK(test::same_bits(plain.weights(), planned_first.weights()));
}

TEST_CASE("memory: a plan of a model that would fill the machine takes no memory and little time") {
  test::Setup setup;
  setup.config.hidden_size = 4096;
  setup.config.num_attention_heads = 64;
  setup.config.intermediate_size = 16384;
  setup.config.num_hidden_layers = 24;
  const std::size_t before = CachingAllocator::instance().resident();
  const NoInitialValues untouched;
  const std::size_t bytes = planned(setup);
  // 12·H² weights in each layer; a weight has a gradient and two means.
  CHECK(bytes > 24ull * 12 * 4096 * 4096 * 4 * 4);
  CHECK(bytes < 25ull * 12 * 4096 * 4096 * 4 * 4);
  CHECK(CachingAllocator::instance().resident() < before + (std::size_t{1} << 30));
}

}  // namespace mini_bert::memory_test
