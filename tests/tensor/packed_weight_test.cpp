#include "mini_bert/tensor/packed_weight.h"

#include <thread>
#include <vector>

#include "tests/catch.h"

using namespace mini_bert;
using Elements = WeightPanels::Elements;

namespace {

WeightPanels panels_with(Elements elements) {
  return {.elements = elements, .outputs = 2, .inputs = 3, .values = Tensor::zeros({6})};
}

}  // namespace

TEST_CASE("packed weight: panels are made once") {
  PackedWeight weight;
  int made = 0;
  const auto make = [&made] { return ++made, panels_with(Elements::f32_words); };
  CHECK_FALSE(weight.holds_panels());
  const auto first = weight.panels(Elements::f32_words, make);
  REQUIRE(first != nullptr);
  CHECK(weight.panels(Elements::f32_words, make) == first);
  CHECK(made == 1);
  CHECK(weight.holds_panels());
}

TEST_CASE("packed weight: a change drops panels, and who multiplies with them keeps them") {
  PackedWeight weight;
  const auto make = [] { return panels_with(Elements::int8_words); };
  const auto held = weight.panels(Elements::int8_words, make);
  REQUIRE(held != nullptr);
  weight.drop();
  CHECK_FALSE(weight.holds_panels());
  CHECK(held->values.size() == 6);
  CHECK(weight.panels(Elements::int8_words, make) != held);
  weight.set_use(WeightUse::int8);
  CHECK_FALSE(weight.holds_panels());
  CHECK(weight.use() == WeightUse::int8);
}

TEST_CASE("packed weight: panels of other elements take the place") {
  PackedWeight weight;
  const auto floats = weight.panels(Elements::f32_words, [] { return panels_with(Elements::f32_words); });
  const auto pairs = weight.panels(Elements::bf16_words, [] { return panels_with(Elements::bf16_words); });
  REQUIRE(pairs != nullptr);
  CHECK(pairs->elements == Elements::bf16_words);
  CHECK(floats->elements == Elements::f32_words);
}

TEST_CASE("packed weight: several threads get the same panels", "[threads]") {
  PackedWeight weight;
  std::vector<std::shared_ptr<const WeightPanels>> found(4);
  std::vector<std::thread> threads;
  for (auto& panels : found) {
    threads.emplace_back([&weight, &panels] {
      panels = weight.panels(Elements::f32_words, [] { return panels_with(Elements::f32_words); });
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const auto& panels : found) CHECK(panels == found.front());
}
