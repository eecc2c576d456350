#include "mini_bert/bert/predict/joint_fill.h"

#include "mini_bert/bert/predict/fill_mask.h"
#include "tests/bert/predict/cloze_testing.h"

using namespace mini_bert;
using test::Ids;
using test::TinyCloze;

namespace {

constexpr Index V = 23;

// Every way to fill the blanks of a text with its log p, best first.
std::vector<std::pair<double, Ids>> enumerate(const TinyCloze& tiny, const std::string& text) {
  const Ids ids = tiny.tokenizer.encode(text).ids;
  Ids open;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (ids[i] == tiny.tokenizer.mask_id()) open.push_back(static_cast<std::int32_t>(i));
  }
  std::vector<std::pair<double, Ids>> all;
  const auto count = static_cast<std::size_t>(std::pow(V, open.size()));
  for (std::size_t number = 0; number < count; ++number) {
    Ids tokens;
    for (std::size_t i = 0, rest = number; i < open.size(); ++i, rest /= V) {
      tokens.push_back(static_cast<std::int32_t>(rest % V));
    }
    all.emplace_back(tiny.chain(ids, open, tokens), tokens);
  }
  std::ranges::sort(all, std::ranges::greater());
  return all;
}

void check_equal(const std::vector<JointAnswer>& answers, const std::vector<std::pair<double, Ids>>& expected) {
  REQUIRE(answers.size() <= expected.size());
  for (std::size_t i = 0; i < answers.size(); ++i) {
    INFO("answer " << i);
    CHECK(answers[i].log_probability == Approx(expected[i].first).margin(1e-5));
    CHECK(answers[i].tokens == expected[i].second);
  }
}

}  // namespace

TEST_CASE("joint_fill: one blank has the scores of fill_mask", "[joint]") {
  const TinyCloze tiny;
  const auto joint = joint_fill(tiny.model, tiny.tokenizer, "a [MASK] c", {.top_k = V});
  const auto single = fill_mask(tiny.model, tiny.tokenizer, "a [MASK] c", {.top_k = V})[0];
  REQUIRE(joint.size() == single.size());
  for (std::size_t i = 0; i < joint.size(); ++i) {
    CHECK(joint[i].score() == Approx(single[i].score).epsilon(1e-5));
    CHECK(joint[i].tokens == Ids{single[i].token});
    CHECK(joint[i].token_strs == std::vector{single[i].token_str});
    CHECK(joint[i].sequence == single[i].sequence);
  }
}

TEST_CASE("joint_fill: a beam as wide as the vocabulary finds what enumeration finds for two blanks", "[joint]") {
  for (const std::uint64_t seed : {1u, 2u, 3u, 4u}) {
    const TinyCloze tiny(seed);
    INFO("seed " << seed);
    check_equal(joint_fill(tiny.model, tiny.tokenizer, "[MASK] b [MASK] d", {.top_k = V, .beam = V}),
                enumerate(tiny, "[MASK] b [MASK] d"));
  }
}

TEST_CASE("joint_fill: with every hypothesis kept, three blanks are enumerated and the probabilities sum to 1",
          "[joint]") {
  const TinyCloze tiny;
  const auto answers = joint_fill(tiny.model, tiny.tokenizer, "[MASK] [MASK] c [MASK]", {.top_k = V * V * V});
  REQUIRE(answers.size() == V * V * V);
  double sum = 0;
  for (const JointAnswer& answer : answers) sum += answer.score();
  CHECK(sum == Approx(1).epsilon(1e-5));
  const std::vector best(answers.begin(), answers.begin() + 100);
  check_equal(best, enumerate(tiny, "[MASK] [MASK] c [MASK]"));
}

TEST_CASE("joint_fill: the blank the model is surest of comes first, wherever it stands", "[joint]") {
  const std::string text = "a [MASK] c [MASK]";
  bool left_first = false, right_first = false;
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    const TinyCloze tiny(seed);
    const Ids ids = tiny.tokenizer.encode(text).ids;
    (tiny.surest(ids, {2, 4}) == 2 ? left_first : right_first) = true;
    const JointAnswer answer = joint_fill(tiny.model, tiny.tokenizer, text, {.top_k = 1, .beam = 1}).front();
    CHECK(answer.log_probability == Approx(tiny.chain(ids, {2, 4}, answer.tokens)).margin(1e-5));
  }
  CHECK(left_first);
  CHECK(right_first);
}

TEST_CASE("joint_fill: a narrow beam gives true probabilities, and here a wider one no worse answers", "[joint]") {
  const TinyCloze tiny(3);
  const std::string text = "[MASK] b [MASK] [MASK]";
  const Ids ids = tiny.tokenizer.encode(text).ids;
  double best = -INFINITY;
  for (const Index beam : {1, 2, 5, 20, 529}) {
    const auto answers = joint_fill(tiny.model, tiny.tokenizer, text, {.top_k = 1, .beam = beam});
    REQUIRE(answers.size() == 1);
    CHECK(answers[0].log_probability == Approx(tiny.chain(ids, {1, 3, 4}, answers[0].tokens)).margin(1e-5));
    CHECK(answers[0].log_probability >= best - 1e-5);
    best = answers[0].log_probability;
  }
  CHECK(joint_fill(tiny.model, tiny.tokenizer, text, {.top_k = 12, .beam = 2}).size() == 12);
}

TEST_CASE("joint_fill: candidates limit the answers and keep their probabilities", "[joint]") {
  const TinyCloze tiny;
  const auto all = joint_fill(tiny.model, tiny.tokenizer, "[MASK] b [MASK]", {.top_k = V * V});
  const auto some = joint_fill(tiny.model, tiny.tokenizer, "[MASK] b [MASK]", {.top_k = 100, .candidates = {8, 6}});
  REQUIRE(some.size() == 4);
  for (const JointAnswer& answer : some) {
    const double among_all = std::ranges::find(all, answer.tokens, &JointAnswer::tokens)->log_probability;
    CHECK(answer.log_probability == Approx(among_all).margin(1e-5));
  }
}

TEST_CASE("joint_fill: a blank may be filled with [MASK] itself", "[joint]") {
  TinyCloze tiny;
  for (const Parameter& parameter : tiny.model.parameters()) {
    if (checkpoint_name(parameter) != "cls.predictions.bias") continue;
    Tensor bias = parameter.value();
    bias.data<float>()[tiny.tokenizer.mask_id()] = 100;
  }
  const auto answers = joint_fill(tiny.model, tiny.tokenizer, "[MASK] b [MASK]", {.top_k = 1});
  CHECK(answers[0].tokens == Ids{4, 4});
  CHECK(answers[0].score() == Approx(1));
}

TEST_CASE("joint_fill: [MASK]* tries every length and orders by log p per token", "[joint]") {
  const TinyCloze tiny(2);
  const JointFillOptions options{.top_k = V, .beam = V, .max_blank_length = 3};
  const auto check = [&](const std::string& open, const std::vector<std::string>& written_out) {
    std::vector<JointAnswer> expected;
    for (const std::string& text : written_out) {
      const auto answers = joint_fill(tiny.model, tiny.tokenizer, text, options);
      expected.insert(expected.end(), answers.begin(), answers.end());
    }
    std::ranges::stable_sort(expected, std::ranges::greater(), [](const JointAnswer& answer) {
      return answer.log_probability / static_cast<double>(answer.tokens.size());
    });
    const auto answers = joint_fill(tiny.model, tiny.tokenizer, open, options);
    REQUIRE(answers.size() == static_cast<std::size_t>(V));
    bool lengths_differ = false;
    for (std::size_t i = 0; i < answers.size(); ++i) {
      CHECK(answers[i].log_probability == Approx(expected[i].log_probability).margin(1e-5));
      CHECK(answers[i].tokens == expected[i].tokens);
      CHECK(answers[i].sequence == expected[i].sequence);
      lengths_differ |= answers[i].tokens.size() != answers[0].tokens.size();
    }
    CHECK(lengths_differ);
  };
  check("a [MASK]* c", {"a [MASK] c", "a [MASK][MASK] c", "a [MASK][MASK][MASK] c"});
  check("a [MASK][MASK]* c", {"a [MASK][MASK] c", "a [MASK][MASK][MASK] c", "a [MASK][MASK][MASK][MASK] c"});
  check("[MASK] c [MASK]* d", {"[MASK] c [MASK] d", "[MASK] c [MASK][MASK] d", "[MASK] c [MASK][MASK][MASK] d"});
}

TEST_CASE("joint_fill: every length of a [MASK]* has the same context, cut to leave room for the longest", "[joint]") {
  const TinyCloze tiny;
  const std::string nine = " b b b b b b b b b";
  for (const JointAnswer& answer : joint_fill(tiny.model, tiny.tokenizer, "a [MASK]*" + nine + nine, {.top_k = 50})) {
    std::string text = "a ";
    Ids open;
    for (std::int32_t i = 0; i < static_cast<std::int32_t>(answer.tokens.size()); ++i) {
      text += "[MASK]";
      open.push_back(2 + i);
    }
    const Ids ids = tiny.tokenizer.encode(text + nine).ids;
    CHECK(answer.log_probability == Approx(tiny.chain(ids, open, answer.tokens)).margin(1e-5));
  }
}

TEST_CASE("joint_fill: what cannot be filled is an Error that says why", "[joint]") {
  const TinyCloze tiny;
  const auto fill = [&](const std::string& text, Index longest = 4) {
    return joint_fill(tiny.model, tiny.tokenizer, text, {.max_blank_length = longest});
  };
  CHECK_THROWS_WITH(fill("a b"), "no [MASK] in the text \"a b\"; write [MASK] where the blank is");
  CHECK_THROWS_WITH(fill("[MASK]* b [MASK]*"),
                    "several [MASK]* in the text \"[MASK]* b [MASK]*\"; a text may have one");
  CHECK_THROWS_WITH(fill("[MASK] b b b b b b b b b b b b b b [MASK]*"),
                    ContainsSubstring("1 of the 2 [MASK] in the text"));
  CHECK_THROWS_WITH(fill("[MASK]*", 14 + 1), "a blank of 15 tokens does not fit into the 16 the model reads");
  CHECK(fill("[MASK]*", 14).size() == 5);
}
