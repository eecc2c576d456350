#include "mini_bert/bert/training/probe.h"

#include <cmath>

#include "mini_bert/bert/predict/fill_mask.h"
#include "tests/bert/training/training_testing.h"
#include "tests/catch.h"

using namespace mini_bert;
using namespace mini_bert::test;

namespace {

Probe probe_of(const std::string& line) {
  return read_probe(line, tiny_tokenizer(), tiny_config(0).max_position_embeddings);
}

}  // namespace

TEST_CASE("probe: a text, and the right answer behind the last sign of equality") {
  struct Case {
    const char *line, *text, *answer;
  };
  const std::vector<Case> cases = {
      {"a [MASK] b=c", "a [MASK] b", "c"}, {"a [MASK] b = c ", "a [MASK] b ", "c"},
      {"a [MASK]＝c", "a [MASK]", "c"},    {"a=[MASK]", "a=[MASK]", ""},
      {"a=[MASK]=c", "a=[MASK]", "c"},     {"a [MASK]=b=c", "a [MASK]=b", "c"},
      {"a [MASK]=b=", "a [MASK]=b", ""},   {"a [MASK]", "a [MASK]", ""},
  };
  for (const Case& c : cases) {
    INFO(c.line);
    const Probe probe = probe_of(c.line);
    CHECK(probe.text == c.text);
    CHECK(probe.answer == c.answer);
    CHECK(probe.right.blanks.size() == (*c.answer != 0 ? 1 : 0));
  }
  CHECK(probe_of("[MASK] [MASK]=c d").right.blanks.size() == 2);
  CHECK_THROWS_WITH(probe_of("a [MASK]=c d"), ContainsSubstring("is 2 tokens, the probe has 1 [MASK]"));
  CHECK_THROWS_WITH(probe_of("a [MASK]=龘"), ContainsSubstring("does not know the answer"));
  CHECK_THROWS_WITH(probe_of("a b=c"), ContainsSubstring("no [MASK]"));
}

TEST_CASE("probe: rank and probability of the right answer are those among all tokens") {
  const Setup setup;
  const Run run(setup);
  for (const char* answer : {"a", "c", "f"}) {
    const ProbeRow row = ask_probe(probe_of(std::string("a b [MASK] d=") + answer), run.model, setup.tokenizer);
    CHECK(row.text == "a b [MASK] d");
    REQUIRE(row.right);
    const auto all =
        fill_mask(run.model, setup.tokenizer, "a b [MASK] d", {.top_k = setup.tokenizer.vocabulary().size()})[0];
    const auto found = std::ranges::find(all, answer, &FillMaskAnswer::token_str);
    CHECK(row.right->text == answer);
    CHECK(row.right->rank == found - all.begin() + 1);
    CHECK(row.right->score == Approx(found->score).epsilon(1e-5));
    CHECK(row.answers.size() == 5);
  }
  CHECK_FALSE(ask_probe(probe_of("a b [MASK] d"), run.model, setup.tokenizer).right);
  // Several blanks: the worst rank and the geometric mean.
  const ProbeRow both = ask_probe(probe_of("[MASK] b [MASK] d=a f"), run.model, setup.tokenizer);
  const auto blanks =
      fill_mask(run.model, setup.tokenizer, "[MASK] b [MASK] d", {.top_k = setup.tokenizer.vocabulary().size()});
  const auto first = std::ranges::find(blanks[0], "a", &FillMaskAnswer::token_str),
             second = std::ranges::find(blanks[1], "f", &FillMaskAnswer::token_str);
  CHECK(both.right->rank == std::max(first - blanks[0].begin(), second - blanks[1].begin()) + 1);
  CHECK(both.right->score == Approx(std::sqrt(first->score * second->score)).epsilon(1e-5));
}

TEST_CASE("probe: the history keeps the right answer") {
  Setup setup;
  setup.data.probes = {"a b [MASK] d=c", "a [MASK]"};
  setup.arguments.max_steps = 1;
  Run run(setup);
  run.trainer.run();
  const TrainingHistory& history = run.trainer.history();
  const TrainingHistory again = TrainingHistory::from_json(history.to_json(), "test");
  REQUIRE(again.probes.size() == 4);
  for (std::size_t i = 0; i < 4; ++i) {
    REQUIRE(again.probes[i].right.has_value() == (i % 2 == 0));
    if (i % 2 == 1) continue;
    CHECK(again.probes[i].right->text == "c");
    CHECK(again.probes[i].right->rank == history.probes[i].right->rank);
    CHECK(again.probes[i].right->score == history.probes[i].right->score);
  }
}
