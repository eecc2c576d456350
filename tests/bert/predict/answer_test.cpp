#include "mini_bert/bert/predict/answer.h"

#include <cmath>

#include "tests/bert/predict/table_model.h"
#include "tests/catch.h"

using namespace mini_bert;

namespace {

// A set of one question whose context is one letter a token; each window shows the letters from `first` on, behind
// three tokens that are not of the context.
AnsweringSet letters(Index count, const std::vector<std::pair<Index, Index>>& windows) {
  AnsweringSet set;
  Question question;
  for (Index i = 0; i < count; ++i) question.context += "ü";  // two bytes each
  set.questions = {question};
  for (const auto& [first, end] : windows) {
    Window& window = set.windows.emplace_back();
    window.question = 0;
    window.context.assign(3, {0, 0});
    for (Index i = first; i < end; ++i) {
      window.context.push_back({static_cast<std::uint32_t>(2 * i), static_cast<std::uint32_t>(2 * i + 2)});
    }
    window.context.push_back({0, 0});
  }
  return set;
}

std::vector<Tensor> random_logits(const AnsweringSet& set, std::uint64_t seed) {
  std::vector<Tensor> logits;
  for (const Window& window : set.windows) {
    Tensor& z = logits.emplace_back(Shape{static_cast<Index>(window.context.size()), 2});
    fill_normal(z, 0, 2, {.seed = seed++});
  }
  return logits;
}

struct Found {
  double score;
  Index begin, end;
};

// Every stretch of the context that some window shows, with its best score, best first.
std::vector<Found> brute_force(const AnsweringSet& set, const std::vector<Tensor>& logits, Index longest) {
  std::vector<Found> found;
  for (std::size_t w = 0; w < set.windows.size(); ++w) {
    const auto& context = set.windows[w].context;
    for (std::size_t b = 0; b < context.size(); ++b) {
      for (std::size_t e = b; e < context.size() && e < b + static_cast<std::size_t>(longest); ++e) {
        if (context[b].end == 0 || context[e].end == 0) continue;
        const double score = static_cast<double>(logits[w].data<float>()[2 * b]) + logits[w].data<float>()[2 * e + 1];
        found.push_back({score, context[b].begin / 2, context[e].end / 2});
      }
    }
  }
  std::ranges::stable_sort(found, std::ranges::greater(), &Found::score);
  std::vector<Found> distinct;
  for (const Found& one : found) {
    const bool known = std::ranges::any_of(
        distinct, [&](const Found& other) { return other.begin == one.begin && other.end == one.end; });
    if (!known) distinct.push_back(one);
  }
  return distinct;
}

}  // namespace

TEST_CASE("best_answers: what brute force over all stretches of all windows finds") {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    INFO("seed " << seed);
    const AnsweringSet set = letters(14, {{0, 8}, {5, 12}, {9, 14}});
    const std::vector<Tensor> logits = random_logits(set, 10 * seed);
    for (const Index longest : {1, 3, 30}) {
      std::vector<Found> expected = brute_force(set, logits, longest);
      if (expected.size() > 20) expected.resize(20);
      double sum = 0;
      for (const Found& one : expected) sum += std::exp(one.score);
      const auto answers = best_answers(set, logits, {.top_k = 100, .max_answer_length = longest}).front();
      REQUIRE(answers.size() == expected.size());
      for (std::size_t i = 0; i < answers.size(); ++i) {
        CHECK(answers[i].begin == expected[i].begin);
        CHECK(answers[i].end == expected[i].end);
        CHECK(answers[i].score == Approx(std::exp(expected[i].score) / sum).epsilon(1e-6));
        CHECK(answers[i].answer.size() == static_cast<std::size_t>(2 * (answers[i].end - answers[i].begin)));
      }
    }
  }
}

TEST_CASE("best_answers: top_k cuts the list and keeps the probabilities") {
  const AnsweringSet set = letters(6, {{0, 6}});
  const std::vector<Tensor> logits = random_logits(set, 7);
  const auto all = best_answers(set, logits, {.top_k = 100}).front(), one = best_answers(set, logits, {}).front();
  REQUIRE(one.size() == 1);
  CHECK(one[0].score == all[0].score);
  CHECK(one[0].answer == all[0].answer);
}

TEST_CASE("best_answers: only the 20 best beginnings and ends of a window are paired") {
  const AnsweringSet set = letters(26, {{0, 26}});
  std::vector<Tensor> logits = {Tensor::zeros({30, 2})};
  float* const z = logits[0].data<float>();
  for (Index t = 3; t < 29; ++t) {
    z[2 * t] = static_cast<float>(t);       // the best beginnings are the last 20 letters
    z[2 * t + 1] = static_cast<float>(-t);  // the best ends the first 20
  }
  z[1] = z[3] = z[5] = z[59] = -1000;
  const auto answers = best_answers(set, logits, {.top_k = 100}).front();
  for (const AnswerSpan& answer : answers) {
    CHECK(answer.begin >= 6);
    CHECK(answer.end <= 20);
  }
  CHECK(answers.front().begin == answers.front().end - 1);
}

TEST_CASE("best_answers: no answer has the lowest score of [CLS] in any window") {
  const AnsweringSet set = letters(4, {{0, 3}, {1, 4}});
  std::vector<Tensor> logits = {Tensor::zeros({7, 2}), Tensor::zeros({7, 2})};
  logits[0].data<float>()[0] = 5;
  logits[1].data<float>()[1] = 3;
  const auto answers = best_answers(set, logits, {.top_k = 1, .may_be_absent = true}).front();
  CHECK(answers[0].answer.empty());
  CHECK(answers[0].begin == 0);
  CHECK(answers[0].end == 0);
  // 9 stretches with score 0 beside it, [0,3) and [1,4) sharing three of twelve.
  CHECK(answers[0].score == Approx(std::exp(3) / (std::exp(3) + 9)));
  CHECK_FALSE(best_answers(set, logits, {.top_k = 1}).front()[0].answer.empty());
}

TEST_CASE("best_answers: a window without context leaves nothing but no answer") {
  const AnsweringSet set = letters(0, {{0, 0}});
  const auto answers = best_answers(set, random_logits(set, 1), {}).front();
  REQUIRE(answers.size() == 1);
  CHECK(answers[0].answer.empty());
  CHECK(answers[0].score == 1);
}

TEST_CASE("answer: the token the model points at, in code points, found through overlapping windows") {
  const Tokenizer tokenizer = test::tiny_tokenizer();
  BertForQuestionAnswering model(test::table_config());
  test::make_table(model, "qa_outputs",
                   {{9, {10, 0}}, {11, {0, 10}}, {15, {12, 12}}});  // e begins, g ends; k does both
  const std::vector<Question> questions = {
      {.id = "1", .question = "k", .context = "龘 a b c d e f g h i", .answers = {}},
      {.id = "2", .question = "k a", .context = "a b c a b c a b c a b c a b c a b c e b g", .answers = {}}};
  const auto answers = answer(model, tokenizer, questions, {.max_length = 12, .stride = 4}, {.top_k = 2});
  REQUIRE(answers.size() == 2);
  CHECK(answers[0][0].answer == "e f g");
  CHECK(answers[0][0].begin == 10);
  CHECK(answers[0][0].end == 15);
  CHECK(answers[0][0].score > 0.99);
  CHECK(answers[1][0].answer == "e b g");
  CHECK(answers[1][0].begin == 36);
}
