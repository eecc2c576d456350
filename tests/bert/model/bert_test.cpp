#include "mini_bert/bert/model/bert.h"

#include "mini_bert/autograd/tape.h"
#include "tests/bert/bert_testing.h"
#include "tests/catch.h"

using namespace mini_bert;

namespace {

struct Pass {
  double loss;
  std::vector<Tensor> gradients;
};

Pass forward_backward(BertForMaskedLM& model, const MaskedBatch& batch, Mode mode) {
  model.clear_grads();
  Tape tape;
  const Var loss = model.loss(batch, static_cast<double>(batch.masked()), mode);
  tape.backward(loss);
  return {loss.value().item(), test::grads_of(model.parameters())};
}

Parameter find(const Module& module, const std::string& name) {
  for (const Parameter& parameter : module.parameters()) {
    if (checkpoint_name(parameter) == name) return parameter;
  }
  fail("test: no parameter {}", name);
}

struct Moments {
  double mean = 0, deviation = 0;
};

Moments moments_of(const Tensor& x) {
  const Tensor values = x.to(DType::f64);
  Moments moments;
  for (const double value : values.values<double>()) moments.mean += value / static_cast<double>(x.size());
  for (const double value : values.values<double>())
    moments.deviation += (value - moments.mean) * (value - moments.mean);
  moments.deviation = std::sqrt(moments.deviation / static_cast<double>(x.size()));
  return moments;
}

// Large enough that every kernel splits its work.
BertConfig wide_config() {
  BertConfig config = test::tiny_config(0.1);
  config.vocab_size = 400;
  config.hidden_size = 72;
  config.intermediate_size = 200;
  config.max_position_embeddings = 64;
  return config;
}

}  // namespace

TEST_CASE("bert: parameters carry the names of published checkpoints, in their order") {
  BertConfig config = test::tiny_config();
  config.num_hidden_layers = 1;
  const BertForMaskedLM model(config);
  const std::string layer = "bert.encoder.layer.0.";
  CHECK(test::names_of(model.parameters()) == std::vector<std::string>{"bert.embeddings.word_embeddings.weight",
                                                                       "bert.embeddings.position_embeddings.weight",
                                                                       "bert.embeddings.token_type_embeddings.weight",
                                                                       "bert.embeddings.LayerNorm.weight",
                                                                       "bert.embeddings.LayerNorm.bias",
                                                                       layer + "attention.self.query.weight",
                                                                       layer + "attention.self.query.bias",
                                                                       layer + "attention.self.key.weight",
                                                                       layer + "attention.self.key.bias",
                                                                       layer + "attention.self.value.weight",
                                                                       layer + "attention.self.value.bias",
                                                                       layer + "attention.output.dense.weight",
                                                                       layer + "attention.output.dense.bias",
                                                                       layer + "attention.output.LayerNorm.weight",
                                                                       layer + "attention.output.LayerNorm.bias",
                                                                       layer + "intermediate.dense.weight",
                                                                       layer + "intermediate.dense.bias",
                                                                       layer + "output.dense.weight",
                                                                       layer + "output.dense.bias",
                                                                       layer + "output.LayerNorm.weight",
                                                                       layer + "output.LayerNorm.bias",
                                                                       "cls.predictions.bias",
                                                                       "cls.predictions.transform.dense.weight",
                                                                       "cls.predictions.transform.dense.bias",
                                                                       "cls.predictions.transform.LayerNorm.weight",
                                                                       "cls.predictions.transform.LayerNorm.bias"});
}

TEST_CASE("bert: the number of weights is the one config.json predicts") {
  const BertConfig config = test::tiny_config();
  CHECK(static_cast<double>(BertModel(config, Pooling::first_token, DType::f32).parameter_count()) ==
        config.parameter_count());
  const Index H = config.hidden_size, V = config.vocab_size;
  CHECK(BertForMaskedLM(config).parameter_count() ==
        BertModel(config, Pooling::none, DType::f32).parameter_count() + V + H * H + H + 2 * H);
}

TEST_CASE("bert: a batch computes what each of its sentences computes alone") {
  for (const DType dtype : {DType::f32, DType::f64}) {
    const BertForMaskedLM model(test::tiny_config(), dtype);
    test::randomize(model, 1, 0.4);
    std::vector<Sequence> sequences;
    for (const Index length : {7, 2, 16, 3, 11}) sequences.push_back(test::random_sequence(length, sequences.size()));
    const PackedSequences together = pack(sequences);
    Mode mode = Mode::inference();
    const Tensor logits = model.logits(together, test::every_row(together), mode).value();
    for (std::size_t s = 0; s < sequences.size(); ++s) {
      const PackedSequences alone = pack(std::span(&sequences[s], 1));
      const Tensor expected = model.logits(alone, test::every_row(alone), mode).value();
      const auto b = static_cast<Index>(s);
      const Tensor part = logits.rows(together.offsets.begin(b), together.offsets.end(b));
      INFO("sentence " << s);
      CHECK(test::relative_error(part, expected) < (dtype == DType::f32 ? 1e-5 : 1e-14));
    }
  }
}

TEST_CASE("bert: logits come for the rows asked for, in that order") {
  const BertForMaskedLM model(test::tiny_config(), DType::f64);
  test::randomize(model, 1, 0.4);
  const PackedSequences tokens = test::random_batch({7, 5}, 1).tokens;
  Mode mode = Mode::inference();
  const Tensor all = model.logits(tokens, test::every_row(tokens), mode).value();
  const Tensor some = model.logits(tokens, Tensor::from(std::vector<std::int32_t>{9, 0, 9}), mode).value();
  REQUIRE(some.shape() == Shape{3, 23});
  for (const auto& [row, expected] : {std::pair{0, 9}, {1, 0}, {2, 9}}) {
    CHECK(test::relative_error(some.rows(row, row + 1), all.rows(expected, expected + 1)) < 1e-14);
  }
}

TEST_CASE("bert: the loss is the sum over masked tokens of −log p(label), divided by the divisor") {
  const BertForMaskedLM model(test::tiny_config(), DType::f64);
  test::randomize(model, 1, 0.4);
  const MaskedBatch batch = test::random_batch({7, 11}, 2);
  Mode mode = Mode::inference();
  const Tensor logits = model.logits(batch.tokens, batch.masked_rows, mode).value();
  double sum = 0;
  for (Index m = 0; m < batch.masked(); ++m) {
    const Tensor row = logits.rows(m, m + 1);
    double total = 0;
    for (const double z : row.values<double>()) total += std::exp(z);
    sum += std::log(total) - row.data<double>()[batch.labels.data<std::int32_t>()[m]];
  }
  CHECK(model.loss(batch, 1, mode).value().item() == Approx(sum).epsilon(1e-13));
  CHECK(model.loss(batch, 7, mode).value().item() == Approx(sum / 7).epsilon(1e-13));
}

TEST_CASE("bert: every kind of embedding reaches the result") {
  const BertForMaskedLM model(test::tiny_config(), DType::f64);
  test::randomize(model, 1, 0.4);
  Sequence sequence = test::random_sequence(6, 3);
  const auto hidden_of = [&](const Sequence& s) {
    Mode mode = Mode::inference();
    return model.bert().forward(pack(std::span(&s, 1)), mode).value();
  };
  const Tensor before = hidden_of(sequence);
  Sequence other_word = sequence, other_type = sequence, other_order = sequence;
  other_word.ids[2] = sequence.ids[2] == 5 ? 6 : 5;
  other_type.type_ids[2] = 1 - sequence.type_ids[2];
  REQUIRE(sequence.ids[1] != sequence.ids[2]);
  std::swap(other_order.ids[1], other_order.ids[2]);
  for (const Sequence& other : {other_word, other_type, other_order}) {
    CHECK(test::relative_error(hidden_of(other).rows(0, 1), before.rows(0, 1)) > 1e-4);  // seen even from [CLS]
  }
}

TEST_CASE("bert: pool takes the first token of each sentence through tanh(W·x + b)") {
  const BertModel model(test::tiny_config(), Pooling::first_token, DType::f64);
  test::randomize(model, 1, 0.4);
  const PackedSequences tokens = test::random_batch({4, 6, 3}, 2).tokens;
  Mode mode = Mode::inference();
  const Var hidden = model.forward(tokens, mode);
  const Tensor pooled = model.pool(hidden, tokens.offsets).value();
  REQUIRE(pooled.shape() == Shape{3, 12});
  const Tensor weight = find(model, "bert.pooler.dense.weight").value(),
               bias = find(model, "bert.pooler.dense.bias").value();
  for (const auto& [sentence, first] : {std::pair{0, 0}, {1, 4}, {2, 10}}) {
    for (Index i = 0; i < 12; ++i) {
      double sum = bias.data<double>()[i];
      for (Index j = 0; j < 12; ++j) {
        sum += weight.data<double>()[i * 12 + j] * hidden.value().data<double>()[first * 12 + j];
      }
      CHECK(pooled.data<double>()[sentence * 12 + i] == Approx(std::tanh(sum)).epsilon(1e-12));
    }
  }
  const BertModel without(test::tiny_config(), Pooling::none, DType::f64);
  CHECK_THROWS_AS(without.pool(hidden, tokens.offsets), Error);
  CHECK_THROWS_WITH(without.pool(hidden, tokens.offsets), ContainsSubstring("without a pooler"));
}

TEST_CASE("bert: a token or a position the model does not have is an Error") {
  const BertForMaskedLM model(test::tiny_config());
  test::randomize(model, 1);
  Mode mode = Mode::inference();
  Sequence sequence = test::random_sequence(5, 1);
  sequence.ids[2] = 23;
  CHECK_THROWS_AS(model.bert().forward(pack(std::span(&sequence, 1)), mode), Error);
  const Sequence too_long = test::random_sequence(17, 1);
  CHECK_THROWS_WITH(model.bert().forward(pack(std::span(&too_long, 1)), mode), ContainsSubstring("0..15, got 16"));
}

TEST_CASE("bert: initialize draws N(0, σ²) weights, sets LayerNorm to 1 and 0, biases and padding to 0") {
  BertConfig config = wide_config();
  config.initializer_range = 0.02;
  BertForMaskedLM model(config);
  model.initialize(3);
  for (const Parameter& parameter : model.parameters()) {
    INFO(checkpoint_name(parameter));
    const Tensor value = parameter.value();
    if (checkpoint_name(parameter).ends_with("bias")) {
      CHECK(test::same_bits(value, Tensor::zeros(value.shape())));
    } else if (parameter.role == Role::scale) {
      CHECK(test::same_bits(value, Tensor::full(value.shape(), 1)));
    } else if (value.rows() > 2) {
      const Moments moments = moments_of(value);
      const double count = static_cast<double>(value.size());
      CHECK(std::abs(moments.mean) < 4 * 0.02 / std::sqrt(count));
      CHECK(std::abs(moments.deviation / 0.02 - 1) <
            4 / std::sqrt(2 * count) + 1 / 400.0);  // padding is one row of 400
    }
  }
  const Tensor words = model.bert().word_embeddings().value();
  CHECK(test::same_bits(words.rows(0, 1), Tensor::zeros({1, 72})));
  config.pad_token_id.reset();
  BertForMaskedLM unpadded(config);
  unpadded.initialize(3);
  CHECK_FALSE(test::same_bits(unpadded.bert().word_embeddings().value().rows(0, 1), Tensor::zeros({1, 72})));
}

TEST_CASE("bert: initialize is a function of the seed, and no two parameters get the same numbers") {
  BertForMaskedLM first(test::tiny_config()), second(test::tiny_config());
  test::randomize(second, 99);
  first.initialize(3);
  second.initialize(3);
  CHECK(test::same_bits(test::values_of(first.parameters()), test::values_of(second.parameters())));
  second.initialize(4);
  CHECK_FALSE(test::same_bits(test::values_of(first.parameters()), test::values_of(second.parameters())));
  const std::string layer = "bert.encoder.layer.";
  const Tensor query = find(first, layer + "0.attention.self.query.weight").value();
  CHECK_FALSE(test::same_bits(query, find(first, layer + "0.attention.self.key.weight").value()));
  CHECK_FALSE(test::same_bits(query, find(first, layer + "1.attention.self.query.weight").value()));
}

TEST_CASE("bert: loss and gradients have the same bits with any number of threads") {
  BertForMaskedLM model(wide_config());
  model.initialize(1);
  std::vector<Index> lengths;
  for (Index i = 0; i < 24; ++i) lengths.push_back(3 + (i * 7) % 60);
  const MaskedBatch batch = test::random_batch(lengths, 2, 400);
  const auto with_threads = [&](int count) {
    const test::Threads threads(count);
    return forward_backward(model, batch, Mode::training(1, 2));
  };
  const Pass expected = with_threads(1);
  for (const int threads : {2, 3, 8}) {
    const Pass found = with_threads(threads);
    INFO(threads << " threads");
    CHECK(found.loss == expected.loss);
    CHECK(test::same_bits(found.gradients, expected.gradients));
  }
}

TEST_CASE("bert: float follows double") {
  const BertConfig config = test::tiny_config(0.2);
  BertForMaskedLM single(config, DType::f32), precise(config, DType::f64);
  test::randomize(single, 1, 0.3);
  const std::vector<Parameter> from = single.parameters(), to = precise.parameters();
  for (std::size_t i = 0; i < from.size(); ++i) {
    Tensor target = to[i].value();
    target.copy_from(from[i].value().to(DType::f64));
  }
  const MaskedBatch batch = test::random_batch({7, 16, 12}, 2);
  for (const bool training : {false, true}) {
    const auto mode = [&] { return training ? Mode::training(1, 2) : Mode::inference(); };
    Mode first = mode(), second = mode();
    const Tensor logits = single.logits(batch.tokens, batch.masked_rows, first).value();
    CHECK(test::relative_error(logits, precise.logits(batch.tokens, batch.masked_rows, second).value()) < 1e-5);
    const Pass in_single = forward_backward(single, batch, mode()),
               in_double = forward_backward(precise, batch, mode());
    CHECK(in_single.loss == Approx(in_double.loss).epsilon(1e-5));
    for (std::size_t i = 0; i < from.size(); ++i) {
      if (checkpoint_name(from[i]).ends_with("key.bias")) continue;  // exactly 0, so both are rounding noise
      INFO(checkpoint_name(from[i]));
      CHECK(test::relative_error(in_single.gradients[i], in_double.gradients[i]) < 1e-4);
    }
  }
}
