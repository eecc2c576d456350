#include "mini_bert/bert/model/grow_vocabulary.h"

#include "mini_bert/autograd/tape.h"
#include "mini_bert/bert/model/heads.h"
#include "tests/bert/bert_testing.h"
#include "tests/catch.h"

using namespace mini_bert;

namespace {

const std::vector<std::vector<std::int32_t>> pieces = {{5, 6}, {7, 8, 9}, {1}};

BertConfig grown_config() {
  BertConfig config = test::tiny_config();
  config.vocab_size += 3;
  return config;
}

std::vector<float> logits_of(const BertForMaskedLM& model, const Sequence& sequence) {
  const NoGrad no_grad;
  Mode mode = Mode::inference();
  const std::vector<Sequence> sequences = {sequence};
  const Tensor logits = model.logits(pack(sequences), Tensor::from(std::vector<std::int32_t>{2}), mode).value();
  return {logits.values<float>().begin(), logits.values<float>().end()};
}

}  // namespace

TEST_CASE("grow_vocabulary: known tokens keep their scores, a new word has the mean of its pieces'") {
  BertForMaskedLM model(test::tiny_config()), grown(grown_config());
  test::randomize(model, 1);
  grow_vocabulary(model, pieces, model.config().vocab_size, grown);
  const Sequence sequence = test::random_sequence(9, 2);
  const std::vector<float> before = logits_of(model, sequence), after = logits_of(grown, sequence);
  REQUIRE(after.size() == before.size() + 3);
  for (std::size_t id = 0; id < before.size(); ++id) CHECK(after[id] == Approx(before[id]).margin(1e-5));
  CHECK(after[23] == Approx((before[5] + before[6]) / 2).margin(1e-4));
  CHECK(after[24] == Approx((before[7] + before[8] + before[9]) / 3).margin(1e-4));
  CHECK(after[25] == Approx(before[1]).margin(1e-4));
}

TEST_CASE("grow_vocabulary: a new word is read as the mean of its pieces") {
  BertForSequenceClassification model(test::tiny_config()), grown(grown_config());
  test::randomize(model, 1);
  grow_vocabulary(model, pieces, model.config().vocab_size, grown);
  const Tensor &old_table = model.bert().word_embeddings().value(), &table = grown.bert().word_embeddings().value();
  CHECK(table.shape() == Shape{26, 12});
  CHECK(test::same_bits(table.rows(0, 23), old_table));
  for (Index j = 0; j < 12; ++j) {
    const auto old_at = [&](Index row) { return old_table.data<float>()[row * 12 + j]; };
    CHECK(table.data<float>()[23 * 12 + j] == Approx((old_at(5) + old_at(6)) / 2));
    CHECK(table.data<float>()[24 * 12 + j] == Approx((old_at(7) + old_at(8) + old_at(9)) / 3));
    CHECK(table.data<float>()[25 * 12 + j] == old_at(1));
  }
  const std::vector<Parameter> from = model.parameters(), to = grown.parameters();
  for (std::size_t i = 1; i < from.size(); ++i) CHECK(test::same_bits(from[i].value(), to[i].value()));
}

TEST_CASE("grow_vocabulary: a model of another size is an Error") {
  BertForMaskedLM model(test::tiny_config()), same(test::tiny_config());
  CHECK_THROWS_WITH(
      grow_vocabulary(model, pieces, 23, same),
      "grow_vocabulary: the grown model has vocab_size 23, expected 26 for 23 rows and 3 new words from 23 on");
}
