#include "mini_bert/bert/model/answer_precision.h"

#include <cmath>

#include "mini_bert/autograd/tape.h"
#include "mini_bert/base/argument_error.h"
#include "mini_bert/bert/checkpoint.h"
#include "mini_bert/bert/model/grow_vocabulary.h"
#include "mini_bert/bert/model/heads.h"
#include "mini_bert/nn/adamw.h"
#include "tests/bert/bert_testing.h"
#include "tests/catch.h"
#include "tests/files/temporary_folder.h"

using namespace mini_bert;

namespace answer_precision_test {

BertConfig config() {
  BertConfig config = test::tiny_config();
  config.vocab_size = 40;
  config.hidden_size = 48;
  config.intermediate_size = 96;
  return config;
}

Tensor logits_of(const BertForMaskedLM& model) {
  const NoGrad no_grad;
  Mode mode = model.answer_mode();
  const std::vector<Sequence> sequences = {test::random_sequence(9, 2), test::random_sequence(5, 3)};
  return model.logits(pack(sequences), Tensor::from(std::vector<std::int32_t>{2, 7, 11}), mode).value();
}

// The answers of a new model with the same weights.
Tensor fresh_logits_of(const BertForMaskedLM& model) {
  BertForMaskedLM fresh(model.config());
  const std::vector<Parameter> from = model.parameters(), to = fresh.parameters();
  for (std::size_t i = 0; i < from.size(); ++i) to[i].value().copy_from(from[i].value());
  fresh.answer_in(model.answer_precision());
  return logits_of(fresh);
}

bool holds_panels(const BertForMaskedLM& model) {
  bool some = false;
  for (const Parameter& parameter : model.parameters()) some = some || parameter.weight.holds_panels();
  return some;
}

double difference(const Tensor& a, const Tensor& b) {
  double worst = 0;
  for (Index i = 0; i < a.size(); ++i) {
    worst = std::max(worst, std::abs(static_cast<double>(a.data<float>()[i]) - b.data<float>()[i]));
  }
  return worst;
}

TEST_CASE("answer precision: has the names of the flag, and no others") {
  for (const std::string name : {"f32", "bf16", "int8"}) CHECK(name_of(answer_precision_named(name)) == name);
  CHECK(answer_precision_named("auto") != AnswerPrecision::int8);
  CHECK_THROWS_WITH(answer_precision_named("int4"), "`precision` is 'int4'; expected one of auto, f32, bf16, int8");
}

TEST_CASE("answer precision: int8 is for the encoder and the head for masked words") {
  BertForPreTraining model(config());
  for (const Parameter& parameter : model.parameters()) {
    const WeightUse use = weight_use(parameter, AnswerPrecision::int8, Asked::often);
    CAPTURE(parameter.path);
    const bool vector = !is_large(parameter.role), pooler = parameter.path.starts_with("pooler");
    const bool small = parameter.weight.shape().rows() < 32;
    CHECK(use == (vector || small ? WeightUse::in_place : pooler ? WeightUse::panels : WeightUse::int8));
    const bool copied = weight_use(parameter, AnswerPrecision::int8, Asked::once) != WeightUse::in_place;
    CHECK(copied == (use == WeightUse::int8));
    CHECK(weight_use(parameter, AnswerPrecision::f32, Asked::once) == WeightUse::in_place);
  }
}

TEST_CASE("answer precision: panels are for those who need more than two passes") {
  CHECK(asked_in(0) == Asked::once);
  CHECK(asked_in(2) == Asked::once);
  CHECK(asked_in(3) == Asked::often);
  CHECK(asked_in(1000) == Asked::often);
}

TEST_CASE("answer precision: a question has the same answer every time, and without panels but for last digits") {
  const std::string name = GENERATE("f32", "bf16", "int8");
  BertForMaskedLM model(config());
  test::randomize(model, 1);
  model.answer_in(answer_precision_named(name), Asked::once);
  const Tensor once = logits_of(model);
  CHECK(holds_panels(model) == (name == "int8"));
  model.answer_in(answer_precision_named(name), Asked::often);
  const Tensor first = logits_of(model), second = logits_of(model);
  CAPTURE(name);
  CHECK(difference(once, first) <= (name == "f32" ? 1e-5 : 0) * difference(first, Tensor::zeros(first.shape())));
  CHECK(test::same_bits(first, second));
}

TEST_CASE("answer precision: bf16 and int8 come near to f32, and are not f32") {
  BertForMaskedLM model(config());
  model.initialize(1);
  const Tensor exact = logits_of(model);
  const double largest = difference(exact, Tensor::zeros(exact.shape()));
  for (const AnswerPrecision precision : {AnswerPrecision::bf16, AnswerPrecision::int8}) {
    model.answer_in(precision);
    const double error = difference(logits_of(model), exact);
    CAPTURE(name_of(precision));
    CHECK(error > 1e-6 * largest);
    CHECK(error < 0.1 * largest);
  }
}

TEST_CASE("answer precision: after training, answers are those of the new weights") {
  const std::string name = GENERATE("f32", "bf16", "int8");
  BertForMaskedLM model(config());
  test::randomize(model, 1);
  model.answer_in(answer_precision_named(name));
  AdamW optimizer(model.parameters(), {});
  Tensor before = logits_of(model);
  for (int step = 0; step < 3; ++step) {
    logits_of(model);
    logits_of(model);
    model.clear_grads();
    {
      Tape tape;
      Mode mode = Mode::training(1, static_cast<std::uint32_t>(step));
      const std::vector<Sequence> sequences = {test::random_sequence(9, 2)};
      tape.backward(model.loss({.tokens = pack(sequences),
                                .masked_rows = Tensor::from(std::vector<std::int32_t>{2}),
                                .labels = Tensor::from(std::vector<std::int32_t>{5})},
                               1, mode));
    }
    logits_of(model);  // between the gradients and the update, as a validation might
    logits_of(model);
    optimizer.step(0.1);
    const Tensor after = logits_of(model);
    CAPTURE(name, step);
    CHECK_FALSE(test::same_bits(before, after));
    CHECK(test::same_bits(after, fresh_logits_of(model)));
    before = after;
  }
}

TEST_CASE("answer precision: after loading, initialisation and growth, answers are those of the new weights") {
  const std::string name = GENERATE("f32", "int8");
  const WeightMemory memory = GENERATE(WeightMemory::mapped, WeightMemory::allocated);
  BertForMaskedLM model(config()), other(config());
  test::randomize(model, 1);
  test::randomize(other, 2);
  model.answer_in(answer_precision_named(name));
  const auto warm = [&model] {
    logits_of(model);
    logits_of(model);
    CHECK(holds_panels(model));
  };
  CAPTURE(name);
  warm();
  const test::TemporaryFolder folder;
  save_pretrained(folder.path(), other, test::tiny_tokenizer());
  load_weights(open_weights(folder.path()), model, {.memory = memory});
  CHECK(test::same_bits(logits_of(model), fresh_logits_of(model)));
  warm();
  model.initialize(7);
  CHECK(test::same_bits(logits_of(model), fresh_logits_of(model)));
  warm();
  const std::vector<std::vector<std::int32_t>> no_words;
  grow_vocabulary(other, no_words, other.config().vocab_size, model);
  CHECK(test::same_bits(logits_of(model), fresh_logits_of(model)));
  warm();
  read_parameters(SafetensorsFile(folder.path() / "model.safetensors"), model.parameters());
  CHECK(test::same_bits(logits_of(model), fresh_logits_of(model)));
}

}  // namespace answer_precision_test
