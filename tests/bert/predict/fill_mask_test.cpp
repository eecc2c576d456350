#include "mini_bert/bert/predict/fill_mask.h"

#include <nlohmann/json.hpp>

#include "mini_bert/autograd/tape.h"
#include "mini_bert/base/text_file.h"
#include "mini_bert/bert/checkpoint.h"
#include "tests/bert/bert_testing.h"
#include "tests/catch.h"

using namespace mini_bert;
using nlohmann::json;

namespace {

std::filesystem::path golden() {
  return std::filesystem::path(MINI_BERT_SOURCE_DIR) / "tests/golden/fine_tuning";
}

FillMaskOptions options_of(const json& expected) {
  FillMaskOptions options{.top_k = expected.at("top_k")};
  if (const auto targets = expected.find("targets"); targets != expected.end()) {
    if (targets->is_string()) {
      options.targets = {targets->get<std::string>()};
    } else {
      options.targets = targets->get<std::vector<std::string>>();
    }
  }
  return options;
}

void check_answers(const std::vector<FillMaskAnswer>& answers, const json& expected) {
  REQUIRE(answers.size() == expected.size());
  for (std::size_t i = 0; i < answers.size(); ++i) {
    INFO("answer " << i << ": " << answers[i].token_str);
    CHECK(answers[i].score == Approx(expected[i].at("score").get<double>()).margin(1e-5));
    CHECK(answers[i].token == expected[i].at("token").get<std::int32_t>());
    CHECK(answers[i].token_str == expected[i].at("token_str").get<std::string>());
    CHECK(answers[i].sequence == expected[i].at("sequence").get<std::string>());
  }
}

// transformers cuts a target that is not one token to its first piece and warns; fill_mask refuses it.
bool has_longer_target(const FillMaskOptions& options, const Tokenizer& tokenizer) {
  return std::ranges::any_of(options.targets,
                             [&](const std::string& target) { return !tokenizer.vocabulary().find(target); });
}

struct Tiny {
  Tiny() { test::randomize(model, 1); }
  Tokenizer tokenizer = test::tiny_tokenizer();
  BertForMaskedLM model{test::tiny_config(0.5)};
};

}  // namespace

TEST_CASE("fill_mask: answers what the pipeline of transformers answers", "[parity]") {
  const PretrainedModel pretrained = load_pretrained(golden());
  const Tokenizer& tokenizer = pretrained.tokenizer;
  int answered = 0, refused = 0;
  const json file = json::parse(read_text_file(golden() / "fill_mask.json"));
  for (const json& expected : file.at("cases")) {
    const std::string text = expected.at("text");
    const FillMaskOptions options = options_of(expected);
    INFO(text);
    CHECK(tokenizer.encode(text).ids == expected.at("ids").get<std::vector<std::int32_t>>());
    if (expected.contains("error") || has_longer_target(options, tokenizer)) {
      CHECK_THROWS_AS(fill_mask(*pretrained.model, tokenizer, text, options), Error);
      ++refused;
      continue;
    }
    const auto answers = fill_mask(*pretrained.model, tokenizer, text, options);
    const json& output = expected.at("output");
    if (output[0].is_array()) {  // several masks
      REQUIRE(answers.size() == output.size());
      for (std::size_t m = 0; m < answers.size(); ++m) check_answers(answers[m], output[m]);
    } else {
      REQUIRE(answers.size() == 1);
      check_answers(answers[0], output);
    }
    ++answered;
  }
  CHECK(answered == 10);
  CHECK(refused == 2);
}

TEST_CASE("fill_mask: the scores of all tokens add up to 1, best first; top_k may exceed the vocabulary") {
  const Tiny tiny;
  const auto answers = fill_mask(tiny.model, tiny.tokenizer, "a [MASK] c", {.top_k = 1000});
  REQUIRE(answers.size() == 1);
  REQUIRE(answers[0].size() == 23);
  double sum = 0;
  std::vector<bool> seen(23);
  for (std::size_t i = 0; i < 23; ++i) {
    sum += answers[0][i].score;
    seen[static_cast<std::size_t>(answers[0][i].token)] = true;
    if (i > 0) CHECK(answers[0][i].score <= answers[0][i - 1].score);
  }
  CHECK(sum == Approx(1).epsilon(1e-6));
  CHECK(std::ranges::count(seen, true) == 23);
  CHECK(fill_mask(tiny.model, tiny.tokenizer, "a [MASK] c")[0].size() == 5);
}

TEST_CASE("fill_mask: of equal scores the lower id comes first") {
  Tiny tiny;
  for (const Parameter& parameter : tiny.model.parameters()) {
    Tensor value = parameter.value();
    value.fill(parameter.role == Role::scale ? 1 : 0);
  }
  const auto answers = fill_mask(tiny.model, tiny.tokenizer, "[MASK]", {.top_k = 4});
  for (std::int32_t i = 0; i < 4; ++i) {
    CHECK(answers[0][static_cast<std::size_t>(i)].token == i);
    CHECK(answers[0][static_cast<std::size_t>(i)].score == Approx(1.0 / 23));
  }
}

TEST_CASE("fill_mask: every blank is answered on its own, the others stay blank") {
  const Tiny tiny;
  const auto answers = fill_mask(tiny.model, tiny.tokenizer, "[MASK] b [MASK]", {.top_k = 1});
  REQUIRE(answers.size() == 2);
  const std::string first = answers[0][0].token_str, second = answers[1][0].token_str;
  CHECK(answers[0][0].sequence == "[CLS] " + first + " b [MASK] [SEP]");
  CHECK(answers[1][0].sequence == "[CLS] [MASK] b " + second + " [SEP]");
}

TEST_CASE("fill_mask: targets limit the answers and keep their scores") {
  const Tiny tiny;
  const auto all = fill_mask(tiny.model, tiny.tokenizer, "a [MASK] c", {.top_k = 23})[0];
  const auto some = fill_mask(tiny.model, tiny.tokenizer, "a [MASK] c", {.targets = {"d", "##a", "d"}})[0];
  REQUIRE(some.size() == 2);
  for (const FillMaskAnswer& answer : some) {
    CHECK((answer.token_str == "d" || answer.token_str == "##a"));
    CHECK(answer.score == std::ranges::find(all, answer.token, &FillMaskAnswer::token)->score);
  }
  CHECK(some[0].score >= some[1].score);
  CHECK(fill_mask(tiny.model, tiny.tokenizer, "a [MASK] c", {.top_k = 1, .targets = {"d", "e"}})[0].size() == 1);
}

TEST_CASE("fill_mask: a target that is not one token is an Error that says what it is") {
  const Tiny tiny;
  const auto ask = [&](const std::string& target) {
    return fill_mask(tiny.model, tiny.tokenizer, "a [MASK]", {.targets = {"d", target}});
  };
  CHECK_THROWS_AS(ask("abab"), Error);
  CHECK_THROWS_WITH(ask("abab"), "target \"abab\" is not one token of the vocabulary; it reads as 4 tokens");
  CHECK_THROWS_WITH(ask("龘"), ContainsSubstring("not one token of the vocabulary"));
}

TEST_CASE("fill_mask: a text without a blank is an Error that shows how to write one") {
  const Tiny tiny;
  CHECK_THROWS_AS(fill_mask(tiny.model, tiny.tokenizer, "a b"), Error);
  CHECK_THROWS_WITH(fill_mask(tiny.model, tiny.tokenizer, "a b"),
                    "no [MASK] in the text \"a b\"; write [MASK] where the blank is");
  CHECK_THROWS_AS(fill_mask(tiny.model, tiny.tokenizer, ""), Error);
}

TEST_CASE("fill_mask: a long text is cut at its end, which may take the blank away") {
  const Tiny tiny;
  std::string letters;
  for (int i = 0; i < 20; ++i) letters += "b ";
  const auto answers = fill_mask(tiny.model, tiny.tokenizer, "[MASK] " + letters, {.top_k = 1});
  const auto cut = fill_mask(tiny.model, tiny.tokenizer, "[MASK] b b b b b b b b b b b b b", {.top_k = 1});
  CHECK(answers[0][0].score == cut[0][0].score);
  CHECK(answers[0][0].sequence == cut[0][0].sequence);
  CHECK_THROWS_AS(fill_mask(tiny.model, tiny.tokenizer, letters + "[MASK]"), Error);
  CHECK_THROWS_WITH(fill_mask(tiny.model, tiny.tokenizer, letters + "[MASK]"),
                    ContainsSubstring("1 of the 1 [MASK] in the text") &&
                        ContainsSubstring("were cut off, because the text is longer than 16 tokens"));
  CHECK_THROWS_WITH(fill_mask(tiny.model, tiny.tokenizer, "[MASK] " + letters + "[MASK] [MASK]"),
                    ContainsSubstring("2 of the 3 [MASK]"));
}

TEST_CASE("fill_mask: a blank in another spelling is named") {
  const Tiny tiny;
  for (const char* spelling : {"【MASK】", "[mask]", "［MASK］", "<mask>"}) {
    CHECK_THROWS_WITH(fill_mask(tiny.model, tiny.tokenizer, std::string("a b ") + spelling),
                      ContainsSubstring(std::string("it has ") + spelling + ", which is spelled differently"));
  }
}

TEST_CASE("fill_mask: nothing is recorded, nothing is dropped") {
  const Tiny tiny;  // with a dropout of 0.5
  Tape tape;
  const auto first = fill_mask(tiny.model, tiny.tokenizer, "a [MASK]"),
             again = fill_mask(tiny.model, tiny.tokenizer, "a [MASK]");
  CHECK(first[0][0].score == again[0][0].score);
  CHECK(tape.size() == 0);
}
