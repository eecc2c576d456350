#include "mini_bert/bert/training/memory.h"

#include "tests/bert/bert_testing.h"
#include "tests/catch.h"

using namespace mini_bert;

TEST_CASE("memory: what frozen parameters and layers save", "[freeze]") {
  const BertConfig config = test::tiny_config();  // H 12, N 3, F 20, two layers
  const std::size_t all = expected_training_bytes(config, 1000, 50, 5);
  // Of a frozen parameter neither gradient nor AdamW's two means.
  CHECK(all - expected_training_bytes(config, 1000, 50, 5, {.parameters = 100, .layers = 0}) == 100 * 3 * 4);
  // Of a frozen layer no activation: 8·H + F + N floats a token.
  CHECK(all - expected_training_bytes(config, 1000, 50, 5, {.parameters = 0, .layers = 1}) ==
        50 * (8 * 12 + 20 + 3) * 4);
}

TEST_CASE("memory: where layer inputs are kept, a layer costs H floats a token, and one layer all of its activations") {
  const BertConfig config = test::tiny_config();  // H 12, N 3, F 20, two layers
  const auto bytes = [&](Kept kept) { return expected_training_bytes(config, 1000, 50, 5, {}, kept); };
  const Index layer = 8 * 12 + 20 + 3;
  CHECK(bytes(Kept::activations) - bytes(Kept::layer_inputs) == 50 * (2 * layer - (2 * 12 + layer)) * 4);
}
