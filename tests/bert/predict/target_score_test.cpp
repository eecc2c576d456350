#include "mini_bert/bert/predict/target_score.h"

#include "mini_bert/bert/predict/fill_mask.h"
#include "mini_bert/bert/predict/joint_fill.h"
#include "tests/bert/predict/cloze_testing.h"

using namespace mini_bert;
using test::Ids;
using test::TinyCloze;

namespace target_score_test {

const std::vector<std::string> words = {"d", "g h", "g i", "k l m", "abab"};

std::vector<std::vector<TargetAnswer>> score(const TinyCloze& tiny, const std::string& text,
                                             const std::vector<std::string>& targets = words, Index top_k = 100) {
  return score_targets(tiny.model, tiny.tokenizer, text, read_targets(tiny.tokenizer, targets), top_k);
}

// The two scores of a word of k tokens at tokens begin … begin+k−1 of a text that has [MASK] there, one at a time.
void check_one_by_one(const TinyCloze& tiny, const TargetAnswer& answer, const std::string& blank_text,
                      std::int32_t begin) {
  const Ids blank = tiny.tokenizer.encode(blank_text).ids;
  Ids open;
  for (std::size_t i = 0; i < answer.tokens.size(); ++i) open.push_back(begin + static_cast<std::int32_t>(i));
  CHECK(answer.log_probability == Approx(tiny.chain(blank, open, answer.tokens)).margin(1e-5));
  double sum = 0;
  for (std::size_t i = 0; i < open.size(); ++i) {
    Ids text = blank;
    for (std::size_t other = 0; other < open.size(); ++other) {
      if (other != i) text[static_cast<std::size_t>(open[other])] = answer.tokens[other];
    }
    sum += tiny.log_probabilities(text, open[i])[static_cast<std::size_t>(answer.tokens[i])];
  }
  CHECK(answer.pseudo_log_likelihood == Approx(sum).margin(1e-5));
}

std::string repeated(const std::string& text, std::size_t count) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i) all += text;
  return all;
}

TEST_CASE("score_targets: words of every length as one-by-one computation scores them", "[targets]") {
  const TinyCloze tiny(2);
  const auto answers = score(tiny, "b [MASK] c");
  REQUIRE(answers.size() == 1);
  REQUIRE(answers[0].size() == words.size());
  for (const TargetAnswer& answer : answers[0]) {
    INFO(answer.target);
    check_one_by_one(tiny, answer, "b " + repeated("[MASK]", answer.tokens.size()) + " c", 2);
    CHECK(answer.log_probability_per_token() ==
          Approx(answer.log_probability / static_cast<double>(answer.tokens.size())));
    CHECK(answer.score() == Approx(std::exp(answer.log_probability)));
  }
  for (std::size_t i = 1; i < words.size(); ++i) {
    CHECK(answers[0][i].log_probability_per_token() <= answers[0][i - 1].log_probability_per_token());
  }
  const auto& split = *std::ranges::find(answers[0], "abab", &TargetAnswer::target);
  CHECK(split.token_strs == std::vector<std::string>{"a", "##b", "##a", "##b"});
  CHECK(split.sequence == "b abab c");
}

TEST_CASE("score_targets: a word has the probability that joint_fill gives it", "[targets]") {
  const TinyCloze tiny(4);
  const auto all = joint_fill(tiny.model, tiny.tokenizer, "b [MASK][MASK] c", {.top_k = 23 * 23});
  const auto answers = score(tiny, "b [MASK] c", {"g h", "g i", "a p"})[0];
  REQUIRE(answers.size() == 3);
  for (const TargetAnswer& answer : answers) {
    const auto joint = std::ranges::find(all, answer.tokens, &JointAnswer::tokens);
    REQUIRE(joint != all.end());
    CHECK(answer.log_probability == Approx(joint->log_probability).margin(1e-5));
    CHECK(answer.sequence == joint->sequence);
  }
}

TEST_CASE("score_targets: one token has the score of fill_mask, by either measure", "[targets]") {
  const TinyCloze tiny;
  const auto single = fill_mask(tiny.model, tiny.tokenizer, "b [MASK] c", {.targets = {"d"}})[0];
  const auto answers = score(tiny, "b [MASK] c", {"d", "g h"})[0];
  const auto& d = *std::ranges::find(answers, "d", &TargetAnswer::target);
  CHECK(d.score() == Approx(single[0].score).epsilon(1e-5));
  CHECK(d.pseudo_log_likelihood == Approx(d.log_probability));
}

TEST_CASE("score_targets: [MASK], several next to each other and [MASK]* are the same blank", "[targets]") {
  const TinyCloze tiny;
  const auto one = score(tiny, "b [MASK] c")[0];
  for (const char* text : {"b [MASK][MASK][MASK] c", "b [MASK]* c", "b [MASK][MASK]* c", "b [MASK] [MASK] c"}) {
    INFO(text);
    const auto other = score(tiny, text);
    REQUIRE(other.size() == 1);
    for (std::size_t i = 0; i < one.size(); ++i) {
      CHECK(other[0][i].target == one[i].target);
      CHECK(other[0][i].log_probability == Approx(one[i].log_probability).margin(1e-5));
    }
  }
}

TEST_CASE("score_targets: blanks apart from each other are answered on their own", "[targets]") {
  const TinyCloze tiny(3);
  const auto answers = score(tiny, "[MASK] b [MASK][MASK] c", {"d", "g h"});
  REQUIRE(answers.size() == 2);
  for (const TargetAnswer& answer : answers[0]) {
    check_one_by_one(tiny, answer, repeated("[MASK]", answer.tokens.size()) + " b [MASK][MASK] c", 1);
  }
  for (const TargetAnswer& answer : answers[1]) {
    check_one_by_one(tiny, answer, "[MASK] b " + repeated("[MASK]", answer.tokens.size()) + " c", 3);
  }
  const auto& longer = *std::ranges::find(answers[1], "g h", &TargetAnswer::target);
  CHECK(longer.sequence == "[CLS] [MASK] b g h c [SEP]");
}

TEST_CASE("score_targets: top_k cuts the list; the same word twice is once", "[targets]") {
  const TinyCloze tiny;
  const auto all = score(tiny, "b [MASK] c")[0];
  const auto two = score(tiny, "b [MASK] c", words, 2)[0];
  REQUIRE(two.size() == 2);
  CHECK(two[1].target == all[1].target);
  const auto distinct = read_targets(tiny.tokenizer, std::vector<std::string>{"g h", "d", "G H", "d", "ab"});
  REQUIRE(distinct.size() == 3);
  CHECK(distinct[0].text == "g h");
  CHECK(distinct[2].text == "ab");
}

TEST_CASE("score_targets: a long text is cut alike for all targets", "[targets]") {
  const TinyCloze tiny;
  const auto answers = score(tiny, "a [MASK]" + repeated(" b", 20), {"d", "k l m"})[0];
  for (const TargetAnswer& answer : answers) {
    check_one_by_one(tiny, answer, "a " + repeated("[MASK]", answer.tokens.size()) + repeated(" b", 10), 2);
  }
}

TEST_CASE("score_targets: words that cannot be tried are Errors that say why", "[targets]") {
  const TinyCloze tiny;
  CHECK_THROWS_WITH(score(tiny, "[MASK]", {"d", "a龘b"}), "target \"a龘b\": the vocabulary has no token for \"龘\"");
  CHECK_THROWS_WITH(score(tiny, "[MASK]", {""}), ContainsSubstring("empty word"));
  CHECK_THROWS_WITH(score(tiny, "[MASK]", {" "}), ContainsSubstring("no token at all"));
  CHECK_THROWS_WITH(score(tiny, "[MASK]", {"a[SEP]"}),
                    "target \"a[SEP]\" holds the special token [SEP]; expected a word");
  CHECK_THROWS_WITH(score(tiny, "a b", {"d"}), ContainsSubstring("no [MASK] in the text"));
  CHECK_THROWS_WITH(score(tiny, "[MASK]", {repeated("a ", 15)}), ContainsSubstring("15 tokens, the model reads 16"));
  CHECK_THROWS_AS(score(tiny, "[MASK]", {}), Error);
}

}  // namespace target_score_test
