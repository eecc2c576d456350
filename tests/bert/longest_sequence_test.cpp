#include "mini_bert/bert/longest_sequence.h"

#include "mini_bert/bert/data/tagged_texts.h"
#include "mini_bert/bert/model/heads.h"
#include "mini_bert/bert/predict/embed.h"
#include "mini_bert/bert/predict/score.h"
#include "tests/bert/bert_testing.h"
#include "tests/catch.h"

using namespace mini_bert;
using Ids = std::vector<std::int32_t>;

namespace longest_sequence_test {

Tokenizer reading(std::int32_t tokens, Side side = Side::right) {
  TokenizerOptions options;
  options.model_max_length = tokens;
  options.truncation_side = side;
  return Tokenizer(test::tiny_tokenizer().vocabulary(), options);
}

const std::string letters = "a b c d e f g h";

TEST_CASE("longest sequence: the smaller of positions and model_max_length") {
  const BertConfig config = test::tiny_config();
  CHECK(longest_sequence(config, reading(5)) == 5);
  CHECK(longest_sequence(config, reading(16)) == 16);
  CHECK(longest_sequence(config, reading(512)) == 16);
  CHECK(longest_sequence(config, reading(TokenizerOptions::no_limit)) == 16);
}

TEST_CASE("longest sequence: predictions read no further") {
  BertWithoutHead model(test::tiny_config());
  model.initialize(1);
  const std::vector<std::string> whole = {letters}, start = {"a b c"}, end = {"f g h"};
  const auto vector = [&](const Tokenizer& tokenizer, const std::vector<std::string>& texts) {
    return embed(model, tokenizer, texts);
  };
  CHECK(vector(reading(5), whole) == vector(reading(16), start));
  CHECK(vector(reading(16), whole) != vector(reading(16), start));
  CHECK(vector(reading(5, Side::left), whole) == vector(reading(16), end));
  // A length that the model's folder names replaces model_max_length.
  CHECK(embed(model, reading(5), whole, {.max_length = 10}) == vector(reading(16), whole));
  CHECK(embed(model, reading(16), whole, {.max_length = 5}) == vector(reading(16), start));

  BertForMaskedLM masked(test::tiny_config());
  masked.initialize(1);
  CHECK(score(masked, reading(5), whole)[0].tokens == 3);
  CHECK(score(masked, reading(16), whole)[0].tokens == 8);
}

TEST_CASE("longest sequence: training data are cut on the tokenizer's side") {
  const std::vector<Sample> samples = {{.text = letters}, {.text = "a b"}};
  const auto ids = [&](Side side) {
    const Dataset data = make_dataset(samples, reading(16, side), 5, Layout::text_per_sequence);
    CHECK(data.truncated == 1);
    CHECK(data.longest == 10);
    return data.sequences[0].ids;
  };
  CHECK((ids(Side::right) == Ids{2, 5, 6, 7, 3}));
  CHECK((ids(Side::left) == Ids{2, 10, 11, 12, 3}));

  BertConfig config = test::tiny_config();
  config.labels = {"O", "X"};
  const std::vector<TaggedText> tagged = {{.words = {"a", "b", "c", "d"}, .tags = {"X", "O", "O", "X"}}};
  const auto tags = [&](Side side) { return make_tagging_set(tagged, reading(16, side), config, 5, "tags"); };
  CHECK((tags(Side::right).data.sequences[0].ids == Ids{2, 5, 6, 7, 3}));
  CHECK((tags(Side::right).labels[0] == Ids{-100, 1, 0, 0, -100}));
  CHECK((tags(Side::left).data.sequences[0].ids == Ids{2, 6, 7, 8, 3}));
  CHECK((tags(Side::left).labels[0] == Ids{-100, 0, 0, 1, -100}));
  CHECK(tags(Side::left).data.truncated == 1);
}

TEST_CASE("longest sequence: a model of single texts says so when it is given a pair") {
  BertConfig config = test::tiny_config();
  config.type_vocab_size = 1;
  const BertForSequenceClassification model(config);
  Mode mode = Mode::inference();
  const std::vector<Sequence> single = {{{2, 5, 3}, {0, 0, 0}}}, pair = {{{2, 5, 3, 6, 3}, {0, 0, 0, 1, 1}}};
  CHECK_NOTHROW(model.logits(pack(single), mode));
  CHECK_THROWS_WITH(model.logits(pack(pair), mode), ContainsSubstring("reads single texts, not pairs"));
}

TEST_CASE("longest sequence: all types are 0 where the tokenizer does not use them") {
  TokenizerOptions options;
  options.uses_type_ids = false;
  Dataset data;
  add_text("a", "b", Tokenizer(test::tiny_tokenizer().vocabulary(), options), 16, data);
  add_text("a", "b", test::tiny_tokenizer(), 16, data);
  CHECK((data.sequences[0].type_ids == Ids{0, 0, 0, 0, 0}));
  CHECK((data.sequences[1].type_ids == Ids{0, 0, 0, 1, 1}));
}

}  // namespace longest_sequence_test
