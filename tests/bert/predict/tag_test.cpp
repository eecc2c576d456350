#include "mini_bert/bert/predict/tag.h"

#include "tests/bert/predict/table_model.h"
#include "tests/catch.h"

using namespace mini_bert;

namespace {

// Probabilities of the labels, by token.
using Table = std::vector<std::pair<std::string, std::vector<double>>>;

struct Tagger {
  Tagger(const std::vector<std::string>& labels, const Table& table) : model(test::table_config(labels)) {
    std::vector<std::pair<std::int32_t, std::vector<double>>> scores;
    for (const auto& [token, probabilities] : table) {
      auto& row = scores.emplace_back(tokenizer.vocabulary().find(token).value(), std::vector<double>()).second;
      for (const double p : probabilities) row.push_back(std::log(p));
    }
    test::make_table(model, "classifier", scores);
  }
  std::vector<TaggedSpan> operator()(const std::string& text, Aggregation aggregation) const {
    return tag(model, tokenizer, std::vector{text}, aggregation).front();
  }

  Tokenizer tokenizer = test::tiny_tokenizer();
  BertForTokenClassification model;
};

struct Expected {
  std::string entity;
  double score;
  std::string word;
  Index begin, end;
};

void check(const std::vector<TaggedSpan>& spans, const std::vector<Expected>& expected) {
  REQUIRE(spans.size() == expected.size());
  for (std::size_t i = 0; i < spans.size(); ++i) {
    INFO("span " << i);
    CHECK(spans[i].entity == expected[i].entity);
    CHECK(spans[i].score == Approx(expected[i].score).epsilon(1e-4));
    CHECK(spans[i].word == expected[i].word);
    CHECK(spans[i].begin == expected[i].begin);
    CHECK(spans[i].end == expected[i].end);
  }
}

// One word of three tokens, a ##a ##b, about which every strategy says something else.
const Tagger of_words({"O", "B-X", "I-X", "B-Y"}, {{"a", {0.10, 0.60, 0.10, 0.20}},
                                                   {"##a", {0.05, 0.15, 0.05, 0.75}},
                                                   {"##b", {0.46, 0.40, 0.04, 0.10}},
                                                   {"c", {0.90, 0.05, 0.03, 0.02}},
                                                   {"d", {0.10, 0.05, 0.80, 0.05}}});

}  // namespace

TEST_CASE("tag: none gives every token outside O with its own tag and place") {
  const auto spans = of_words("c aab", Aggregation::none);
  check(spans, {{"B-X", 0.60, "a", 2, 3}, {"B-Y", 0.75, "##a", 3, 4}});
  CHECK(spans[0].index == 2);
  CHECK(spans[1].index == 3);
}

TEST_CASE("tag: simple joins tokens, not words") {
  check(of_words("c aab", Aggregation::simple), {{"X", 0.60, "a", 2, 3}, {"Y", 0.75, "##a", 3, 4}});
}

TEST_CASE("tag: first, average and max let a word have one tag") {
  check(of_words("c aab", Aggregation::first), {{"X", 0.60, "aab", 2, 5}});
  check(of_words("c aab", Aggregation::average), {{"X", (0.60 + 0.15 + 0.40) / 3, "aab", 2, 5}});
  check(of_words("c aab", Aggregation::max), {{"Y", 0.75, "aab", 2, 5}});
}

TEST_CASE("tag: an entity goes on with I, whatever the strategy; its score is the mean of its parts'") {
  for (const Aggregation aggregation :
       {Aggregation::simple, Aggregation::first, Aggregation::average, Aggregation::max}) {
    check(of_words("a d c d", aggregation), {{"X", (0.60 + 0.80) / 2, "a d", 0, 3}, {"X", 0.80, "d", 6, 7}});
  }
}

TEST_CASE("tag: B begins another entity, another type does too") {
  const Tagger tagger(
      {"O", "B-X", "I-X", "I-Y"},
      {{"a", {0.01, 0.97, 0.01, 0.01}}, {"b", {0.01, 0.01, 0.97, 0.01}}, {"c", {0.01, 0.01, 0.01, 0.97}}});
  check(tagger("a a b c c b", Aggregation::simple),
        {{"X", 0.97, "a", 0, 1}, {"X", 0.97, "a b", 2, 5}, {"Y", 0.97, "c c", 6, 9}, {"X", 0.97, "b", 10, 11}});
}

TEST_CASE("tag: BMES tags begin and end entities") {
  const Tagger tagger({"O", "B-X", "M-X", "E-X", "S-X"}, {{"b", {0.01, 0.96, 0.01, 0.01, 0.01}},
                                                          {"m", {0.01, 0.01, 0.96, 0.01, 0.01}},
                                                          {"e", {0.01, 0.01, 0.01, 0.96, 0.01}},
                                                          {"a", {0.01, 0.01, 0.01, 0.01, 0.96}}});
  check(tagger("b m e m e a a b e", Aggregation::simple), {{"X", 0.96, "b m e", 0, 5},
                                                           {"X", 0.96, "m e", 6, 9},
                                                           {"X", 0.96, "a", 10, 11},
                                                           {"X", 0.96, "a", 12, 13},
                                                           {"X", 0.96, "b e", 14, 17}});
}

TEST_CASE("tag: what the vocabulary lacks is shown as the text has it; offsets count code points") {
  const Tagger tagger({"O", "B-X"}, {{"a", {0.9, 0.1}}, {"[UNK]", {0.2, 0.8}}});
  check(tagger("a 龘 xyz a", Aggregation::simple), {{"X", 0.8, "龘", 2, 3}, {"X", 0.8, "xyz", 4, 7}});
}

TEST_CASE("tag: every text gets its own answers, whatever their lengths; a long one is cut") {
  std::vector<std::string> texts = {"a", "c c c a", "", "c a c", "c"};
  texts.emplace_back();
  for (int i = 0; i < 20; ++i) texts.back() += "a ";
  const auto answers = tag(of_words.model, of_words.tokenizer, texts, Aggregation::simple);
  const std::vector<std::size_t> counts = {1, 1, 0, 1, 0, 14};
  REQUIRE(answers.size() == counts.size());
  for (std::size_t i = 0; i < counts.size(); ++i) CHECK(answers[i].size() == counts[i]);
  CHECK(answers[1][0].begin == 6);
  CHECK(answers[3][0].begin == 2);
}
