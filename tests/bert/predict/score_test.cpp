#include "mini_bert/bert/predict/score.h"

#include "tests/bert/predict/cloze_testing.h"

using namespace mini_bert;
using test::Ids;
using test::TinyCloze;

namespace {

std::vector<TextScore> scores_of(const TinyCloze& tiny, const std::vector<std::string>& texts) {
  return score(tiny.model, tiny.tokenizer, texts);
}

}  // namespace

TEST_CASE("score: every token is masked once, and the scores are those of one-by-one computation") {
  const TinyCloze tiny;
  const std::vector<std::string> texts = {"a b", "c d e f g aab", "p", "b a"};
  const auto scores = scores_of(tiny, texts);
  REQUIRE(scores.size() == texts.size());
  for (std::size_t t = 0; t < texts.size(); ++t) {
    INFO(texts[t]);
    const Ids ids = tiny.tokenizer.encode(texts[t]).ids;
    REQUIRE(scores[t].tokens == static_cast<Index>(ids.size()) - 2);
    REQUIRE(scores[t].token_scores.size() == ids.size() - 2);
    double sum = 0;
    for (std::size_t i = 1; i + 1 < ids.size(); ++i) {
      Ids masked = ids;
      masked[i] = tiny.tokenizer.mask_id();
      const double expected =
          tiny.log_probabilities(masked, static_cast<std::int32_t>(i))[static_cast<std::size_t>(ids[i])];
      CHECK(scores[t].token_scores[i - 1] == Approx(expected).margin(1e-5));
      CHECK(scores[t].token_texts[i - 1] == tiny.tokenizer.vocabulary().token(ids[i]));
      sum += expected;
    }
    CHECK(scores[t].score == Approx(sum).margin(1e-4));
    CHECK(scores[t].perplexity() == Approx(std::exp(-sum / static_cast<double>(ids.size() - 2))).epsilon(1e-4));
  }
}

TEST_CASE("score: an unknown token is scored, a special one written in the text is not") {
  const TinyCloze tiny;
  const auto scores = scores_of(tiny, {"a 龘 [SEP] b [MASK]", ""});
  CHECK(scores[0].token_texts == std::vector<std::string>{"a", "[UNK]", "b"});
  CHECK(scores[0].tokens == 3);
  CHECK(scores[1].tokens == 0);
  CHECK(scores[1].score == 0);
  CHECK(scores[1].perplexity() == 1);
}

TEST_CASE("score: a long text is cut at its end") {
  const TinyCloze tiny;
  std::string text;
  for (int i = 0; i < 20; ++i) text += "b ";
  CHECK(scores_of(tiny, {text})[0].tokens == 14);
}
