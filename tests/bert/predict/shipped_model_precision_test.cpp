// The shipped model answers in bf16 and int8 nearly as in f32: bench/compare_precisions.py measures it on whole tasks.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "mini_bert/base/text_file.h"
#include "mini_bert/bert/checkpoint.h"
#include "mini_bert/bert/predict/cloze.h"
#include "mini_bert/bert/predict/embed.h"
#include "mini_bert/bert/training/guard.h"
#include "tests/catch.h"

using namespace mini_bert;

namespace shipped_model_precision_test {

const std::filesystem::path root = MINI_BERT_SOURCE_DIR;

std::vector<std::string> demo_texts() {
  std::vector<std::string> texts;
  for (const char* file : {"train.json", "validation.json"}) {
    for (const auto& text : nlohmann::json::parse(read_text_file(root / "data/zhugetao" / file))) texts.push_back(text);
  }
  return texts;
}

struct Blanks {
  std::vector<Sequence> sequences;
  std::vector<std::vector<std::int32_t>> rows;
};

// Those of the guard, and every sixth token of each text of the demo, one at a time.
Blanks blanks_of(const Tokenizer& tokenizer) {
  Blanks blanks;
  const Guard guard = read_guard(root / "data/guard-zh.jsonl", tokenizer, 64);
  for (const Guard::Blank& blank : guard.blanks) {
    blanks.sequences.push_back(guard.sequences[static_cast<std::size_t>(blank.sequence)]);
    blanks.rows.push_back({static_cast<std::int32_t>(blank.token)});
  }
  for (const std::string& text : demo_texts()) {
    const Encoding encoding = tokenizer.encode(text, {});
    for (std::int32_t token = 2; token + 1 < encoding.size(); token += 6) {
      blanks.sequences.push_back({encoding.ids, encoding.type_ids});
      blanks.sequences.back().ids[static_cast<std::size_t>(token)] = tokenizer.mask_id();
      blanks.rows.push_back({token});
    }
  }
  return blanks;
}

// The scores of each blank.
std::vector<std::vector<float>> scores_of(const BertForMaskedLM& model, const Blanks& blanks) {
  std::vector<std::vector<float>> scores(blanks.sequences.size());
  for_each_row(model, blanks.sequences, blanks.rows, [&](std::size_t s, std::size_t, std::span<const float> logits) {
    scores[s].assign(logits.begin(), logits.end());
  });
  return scores;
}

std::size_t best(const std::vector<float>& scores) {
  return static_cast<std::size_t>(std::ranges::max_element(scores) - scores.begin());
}

TEST_CASE("the shipped model fills blanks in bf16 and int8 with the words of f32") {
  const PretrainedModel loaded = load_pretrained(root / "models/mini-bert-zh");
  const Blanks blanks = blanks_of(loaded.tokenizer);
  const auto exact = scores_of(*loaded.model, blanks);
  REQUIRE(exact.size() > 300);
  for (const AnswerPrecision precision : {AnswerPrecision::bf16, AnswerPrecision::int8}) {
    loaded.model->answer_in(precision);
    const auto rounded = scores_of(*loaded.model, blanks);
    std::size_t agreeing = 0;
    double worst = 0;
    for (std::size_t i = 0; i < exact.size(); ++i) {
      const std::size_t right = best(exact[i]), chosen = best(rounded[i]);
      agreeing += right == chosen ? 1 : 0;
      worst = std::max(worst, static_cast<double>(exact[i][right] - exact[i][chosen]));
    }
    CAPTURE(name_of(precision), agreeing, exact.size(), worst);
    CHECK(static_cast<double>(agreeing) >= 0.97 * static_cast<double>(exact.size()));
    CHECK(worst < 0.2);  // logits: the other word has at least e^-0.2 = 82 % of the probability of the best
  }
}

TEST_CASE("the shipped model makes vectors of texts in bf16 and int8 that point where those of f32 do") {
  const auto loaded = load_pretrained<BertWithoutHead>(root / "models/mini-bert-zh", {.new_head_seed = 0});
  const std::vector<std::string> texts = demo_texts();
  const EmbedOptions unit = {.normalize = true};
  const auto exact = embed(*loaded.model, loaded.tokenizer, texts, unit);
  for (const AnswerPrecision precision : {AnswerPrecision::bf16, AnswerPrecision::int8}) {
    loaded.model->answer_in(precision);
    const auto rounded = embed(*loaded.model, loaded.tokenizer, texts, unit);
    double least = 1;
    for (std::size_t i = 0; i < texts.size(); ++i) {
      double cosine = 0;
      for (std::size_t j = 0; j < exact[i].size(); ++j) cosine += static_cast<double>(exact[i][j]) * rounded[i][j];
      least = std::min(least, cosine);
    }
    CAPTURE(name_of(precision));
    CHECK(least > 0.998);
  }
}

}  // namespace shipped_model_precision_test
