#include "mini_bert/bert/metrics/answers.h"

#include "tests/catch.h"

using namespace mini_bert;
using Texts = std::vector<std::string>;

TEST_CASE("answers are compared by words, Chinese by characters", "[metrics]") {
  constexpr AnswerLanguage english = AnswerLanguage::english, chinese = AnswerLanguage::chinese;
  CHECK(answer_parts("The Cat's  pyjamas, an A-team", english) == Texts{"cats", "pyjamas", "ateam"});
  CHECK(answer_parts("在2008年，北京。", chinese) == Texts{"在", "2008", "年", "北", "京"});
  CHECK(answer_parts("NBA球员", chinese) == Texts{"nba", "球", "员"});
  CHECK(answer_parts(" ，。the ", chinese).empty());
  CHECK(same_answer("the Eiffel Tower", "Eiffel tower."));
  CHECK(same_answer("《三国》", "三国"));
  CHECK_FALSE(same_answer("三国", "国三"));
}

TEST_CASE("answer_f1: twice the shared parts over all parts", "[metrics]") {
  CHECK(answer_f1("诸葛亮", "诸葛亮") == 1);
  CHECK(answer_f1("诸葛亮", "诸葛涛") == Approx(2 * 2.0 / 6));
  CHECK(answer_f1("诸葛亮", "刘备") == 0);
  CHECK(answer_f1("人人", "人") == Approx(2 * 1.0 / 3));
  CHECK(answer_f1("in the year 2008", "2008") == Approx(2 * 1.0 / 4));
  CHECK(answer_f1("", "") == 1);
  CHECK(answer_f1("", "诸") == 0);
  CHECK(answer_f1("诸", "") == 0);
}

TEST_CASE("answer metrics: the best of several answers counts, none expects none", "[metrics]") {
  const std::vector<Metric> metrics =
      answer_metrics({{"诸葛亮", "孔明"}, {}, {}, {"蜀国"}}, {"孔明", "", "刘备", "蜀"});
  REQUIRE(metrics.size() == 2);
  CHECK(metrics[0].name == "f1");
  CHECK(metrics[0].value == Approx((1 + 1 + 0 + 2.0 / 3) / 4));
  CHECK(metrics[1].name == "exact_match");
  CHECK(metrics[1].value == Approx(0.5));
}

TEST_CASE("English answers are compared like squad compares them", "[metrics]") {
  constexpr AnswerLanguage english = AnswerLanguage::english;
  CHECK(answer_parts("“Hello” – the world…", english) == Texts{"“hello”", "–", "world…"});
  CHECK(answer_parts("“the” cat_s", english) == Texts{"“", "”", "cats"});
  CHECK(answer_parts("don't the-end an_A", english) == Texts{"dont", "theend", "ana"});
  CHECK_FALSE(same_answer("“Hello”", "Hello"));
  CHECK(same_answer("\"Hello\"", "hello"));
  CHECK(same_answer("《ABC》", "ABC"));  // Chinese punctuation
  CHECK(same_answer("“三国”", "三国"));
}
