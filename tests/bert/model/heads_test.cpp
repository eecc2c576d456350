#include "mini_bert/bert/model/heads.h"

#include "mini_bert/autograd/gradcheck.h"
#include "mini_bert/autograd/ops/cross_entropy.h"
#include "tests/bert/bert_testing.h"
#include "tests/catch.h"

using namespace mini_bert;
using Names = std::vector<std::string>;

namespace {

// One layer: the gradients of an encoder of two are checked in bert_gradients_test.cpp.
BertConfig config_with_labels(Index labels, const std::optional<std::string>& problem_type = std::nullopt) {
  BertConfig config = test::tiny_config(0.3);
  config.num_hidden_layers = 1;
  for (Index i = 0; i < labels; ++i) config.labels.push_back(fmt::format("L{}", i));
  config.problem_type = problem_type;
  return config;
}

// Sentences of 5, 7 and 4 tokens.
PackedSequences three_sentences() {
  return test::random_batch({5, 7, 4}, 2).tokens;
}

Tensor i32(const std::vector<std::int32_t>& values, const Shape& shape) {
  return Tensor::from(values, shape);
}

Names names_outside_the_encoder(const Module& model) {
  Names names;
  for (const Parameter& parameter : model.parameters()) {
    if (!checkpoint_name(parameter).starts_with("bert.embeddings.") &&
        !checkpoint_name(parameter).starts_with("bert.encoder.")) {
      names.push_back(checkpoint_name(parameter));
    }
  }
  return names;
}

// Every parameter's gradient against central differences, with dropout. `without`: biases that add the same to all
// scores of a softmax, so that their gradient is 0 and there is nothing to compare.
void check_loss_gradients(const Module& model, const std::function<Var(Mode&)>& loss, const Names& without = {}) {
  const test::Threads one_thread(1);
  test::randomize(model, 1, 0.4);
  std::vector<Var> vars;
  for (const Parameter& parameter : test::checkable_parameters(model)) {
    if (std::ranges::find(without, checkpoint_name(parameter)) == without.end()) vars.push_back(parameter.var());
  }
  const GradcheckResult result = gradcheck(
      [&] {
        Mode mode = Mode::training(5, 9);
        return loss(mode);
      },
      vars);
  INFO(result.message);
  CHECK(result.passed);
}

double softplus(double z) {
  return std::log1p(std::exp(z));
}

}  // namespace

TEST_CASE("heads: parameters carry the names of published checkpoints") {
  const BertConfig config = config_with_labels(3);
  const Names pooler = {"bert.pooler.dense.weight", "bert.pooler.dense.bias"};
  const auto with_pooler = [&](Names names) {
    names.insert(names.begin(), pooler.begin(), pooler.end());
    return names;
  };
  CHECK(names_outside_the_encoder(BertForNextSentencePrediction(config)) ==
        with_pooler({"cls.seq_relationship.weight", "cls.seq_relationship.bias"}));
  CHECK(names_outside_the_encoder(BertForPreTraining(config)) ==
        with_pooler({"cls.predictions.bias", "cls.predictions.transform.dense.weight",
                     "cls.predictions.transform.dense.bias", "cls.predictions.transform.LayerNorm.weight",
                     "cls.predictions.transform.LayerNorm.bias", "cls.seq_relationship.weight",
                     "cls.seq_relationship.bias"}));
  CHECK(names_outside_the_encoder(BertForSequenceClassification(config)) ==
        with_pooler({"classifier.weight", "classifier.bias"}));
  CHECK(names_outside_the_encoder(BertForTokenClassification(config)) == Names{"classifier.weight", "classifier.bias"});
  CHECK(names_outside_the_encoder(BertForQuestionAnswering(config)) == Names{"qa_outputs.weight", "qa_outputs.bias"});
  CHECK(names_outside_the_encoder(BertForMultipleChoice(config)) ==
        with_pooler({"classifier.weight", "classifier.bias"}));
  CHECK(names_outside_the_encoder(BertWithoutHead(config)) == pooler);
}

TEST_CASE("heads: there are as many scores as labels, two when the labels are not stated") {
  const PackedSequences tokens = three_sentences();
  for (const Index labels : {0, 1, 3}) {
    const Index count = labels == 0 ? 2 : labels;
    const BertConfig config = config_with_labels(labels);
    BertForSequenceClassification sequences(config);
    BertForTokenClassification words(config);
    sequences.initialize(1);
    words.initialize(1);
    Mode mode = Mode::inference();
    CHECK(sequences.logits(tokens, mode).shape() == Shape{3, count});
    CHECK(words.logits(tokens, mode).shape() == Shape{16, count});
  }
}

TEST_CASE("heads: a batch computes what each of its sentences computes alone") {
  const BertConfig config = config_with_labels(3);
  const BertForSequenceClassification classifier(config, DType::f64);
  const BertForQuestionAnswering answerer(config, DType::f64);
  test::randomize(classifier, 1, 0.4);
  test::randomize(answerer, 1, 0.4);
  const std::vector<Sequence> sequences = {test::random_sequence(7, 1), test::random_sequence(3, 2),
                                           test::random_sequence(11, 3)};
  const PackedSequences together = pack(sequences);
  Mode mode = Mode::inference();
  const Tensor labels = classifier.logits(together, mode).value(), spans = answerer.logits(together, mode).value();
  for (Index b = 0; b < 3; ++b) {
    const PackedSequences alone = pack(std::span(&sequences[static_cast<std::size_t>(b)], 1));
    CHECK(test::relative_error(labels.rows(b, b + 1), classifier.logits(alone, mode).value()) < 1e-13);
    CHECK(test::relative_error(spans.rows(together.offsets.begin(b), together.offsets.end(b)),
                               answerer.logits(alone, mode).value()) < 1e-13);
  }
}

TEST_CASE("heads: dropout before a classifier follows classifier_dropout") {
  BertConfig config = config_with_labels(3);
  config.hidden_dropout_prob = config.attention_probs_dropout_prob = 0;
  const auto differs_in_training = [&] {
    const BertForTokenClassification model(config, DType::f64);
    test::randomize(model, 1, 0.4);
    Mode training = Mode::training(1, 1), inference = Mode::inference();
    const PackedSequences tokens = three_sentences();
    return !test::same_bits(model.logits(tokens, training).value(), model.logits(tokens, inference).value());
  };
  CHECK_FALSE(differs_in_training());
  config.classifier_dropout = 0.5;
  CHECK(differs_in_training());
}

TEST_CASE("sequence classification: the loss follows problem_type") {
  const PackedSequences tokens = three_sentences();
  Mode mode = Mode::inference();
  const auto logits_of = [&](const BertForSequenceClassification& model) { return model.logits(tokens, mode).value(); };
  {
    const BertForSequenceClassification model(config_with_labels(3), DType::f64);
    test::randomize(model, 1, 0.4);
    const Tensor labels = i32({2, 0, 1}, {3});
    const double expected = cross_entropy(Var(logits_of(model)), labels, 3).value().item();
    CHECK(model.loss(tokens, labels, 3, mode).value().item() == Approx(expected).epsilon(1e-14));
  }
  {
    const BertForSequenceClassification model(config_with_labels(1), DType::f64);  // one label: a number
    test::randomize(model, 1, 0.4);
    const std::vector<double> targets = {0.5, -2, 7};
    const Tensor z = logits_of(model);
    double expected = 0;
    for (Index i = 0; i < 3; ++i) expected += std::pow(z.data<double>()[i] - targets[i], 2) / 3;
    CHECK(model.loss(tokens, Tensor::from(targets, {3, 1}), 3, mode).value().item() == Approx(expected).epsilon(1e-13));
  }
  {
    const BertForSequenceClassification model(config_with_labels(2, "multi_label_classification"), DType::f64);
    test::randomize(model, 1, 0.4);
    const std::vector<double> targets = {0, 1, 1, 1, 0, 0};
    const Tensor z = logits_of(model);
    double expected = 0;
    for (Index i = 0; i < 6; ++i) expected += softplus(targets[i] > 0 ? -z.data<double>()[i] : z.data<double>()[i]) / 6;
    CHECK(model.loss(tokens, Tensor::from(targets, {3, 2}), 3, mode).value().item() == Approx(expected).epsilon(1e-13));
  }
}

TEST_CASE("question answering: the loss is the mean of that of the beginning and that of the end") {
  const PackedSequences tokens = three_sentences();
  const BertForQuestionAnswering model(test::tiny_config(), DType::f64);
  test::randomize(model, 1, 0.4);
  Mode mode = Mode::inference();
  const Tensor z = model.logits(tokens, mode).value();
  const std::vector<std::int32_t> labels = {1, 3, 0, 0, 2, 3};
  double expected = 0;
  for (Index b = 0; b < 3; ++b) {
    for (Index c = 0; c < 2; ++c) {
      double sum = 0;
      for (Index t = tokens.offsets.begin(b); t < tokens.offsets.end(b); ++t)
        sum += std::exp(z.data<double>()[2 * t + c]);
      const Index right = tokens.offsets.begin(b) + labels[2 * b + c];
      expected += (std::log(sum) - z.data<double>()[2 * right + c]) / (2 * 3);
    }
  }
  CHECK(model.loss(tokens, i32(labels, {3, 2}), 3, mode).value().item() == Approx(expected).epsilon(1e-13));
}

TEST_CASE("pre-training: the loss is that of the masked words plus that of the next sentence") {
  const BertConfig config = test::tiny_config();
  const BertForPreTraining model(config, DType::f64);
  test::randomize(model, 1, 0.4);
  BertForMaskedLM words(config, DType::f64);
  BertForNextSentencePrediction next(config, DType::f64);
  const auto share = [&](const Module& part) {
    for (const Parameter& parameter : part.parameters()) {
      for (const Parameter& whole : model.parameters()) {
        if (whole.path == parameter.path) parameter.value().copy_from(whole.value());
      }
    }
  };
  share(words);
  share(next);
  const MaskedBatch batch = test::random_batch({7, 11}, 2);
  const Tensor labels = i32({0, 1}, {2});
  Mode mode = Mode::inference();
  const double expected =
      words.loss(batch, 5, mode).value().item() + next.loss(batch.tokens, labels, 2, mode).value().item();
  CHECK(model.loss(batch, labels, 5, 2, mode).value().item() == Approx(expected).epsilon(1e-13));
}

TEST_CASE("heads: the gradient of every loss equals central differences", "[gradcheck]") {
  const PackedSequences tokens = three_sentences();
  const MaskedBatch masked = test::random_batch({5, 7, 4}, 2);
  SECTION("next sentence") {
    const BertForNextSentencePrediction model(config_with_labels(0), DType::f64);
    check_loss_gradients(model, [&](Mode& mode) { return model.loss(tokens, i32({1, 0, 1}, {3}), 3, mode); });
  }
  SECTION("pre-training") {
    const BertForPreTraining model(config_with_labels(0), DType::f64);
    check_loss_gradients(model, [&](Mode& mode) { return model.loss(masked, i32({1, 0, 1}, {3}), 4, 3, mode); });
  }
  SECTION("sequence classification, single label") {
    const BertForSequenceClassification model(config_with_labels(4), DType::f64);
    check_loss_gradients(model, [&](Mode& mode) { return model.loss(tokens, i32({3, 0, 1}, {3}), 3, mode); });
  }
  SECTION("sequence classification, several labels") {
    const BertForSequenceClassification model(config_with_labels(2, "multi_label_classification"), DType::f64);
    const Tensor targets = Tensor::from(std::vector<double>{0, 1, 1, 1, 0, 0.5}, {3, 2});
    check_loss_gradients(model, [&](Mode& mode) { return model.loss(tokens, targets, 3, mode); });
  }
  SECTION("sequence classification, regression") {
    const BertForSequenceClassification model(config_with_labels(1), DType::f64);
    const Tensor targets = Tensor::from(std::vector<double>{0.5, -2, 7}, {3, 1});
    check_loss_gradients(model, [&](Mode& mode) { return model.loss(tokens, targets, 3, mode); });
  }
  SECTION("token classification") {
    const BertForTokenClassification model(config_with_labels(4), DType::f64);
    std::vector<std::int32_t> labels;
    for (std::int32_t t = 0; t < 16; ++t) labels.push_back(t % 5 == 4 ? ignore_index : t % 4);
    check_loss_gradients(model, [&](Mode& mode) { return model.loss(tokens, i32(labels, {16}), 13, mode); });
  }
  SECTION("question answering, with relu") {
    BertConfig config = config_with_labels(0);
    config.hidden_act = "relu";
    const BertForQuestionAnswering model(config, DType::f64);
    const Tensor labels = i32({1, 3, 0, 0, 2, 3}, {3, 2});
    check_loss_gradients(
        model, [&](Mode& mode) { return model.loss(tokens, labels, 3, mode); },
        Names{"qa_outputs.bias", "bert.encoder.layer.0.output.LayerNorm.bias"});
  }
  SECTION("multiple choice") {
    const BertForMultipleChoice model(config_with_labels(0), DType::f64);
    const PackedSequences five = test::random_batch({4, 3, 5, 3, 4}, 2).tokens;
    const SequenceOffsets choices(std::vector<Index>{2, 3});
    const Tensor labels = i32({1, 0}, {2});
    check_loss_gradients(
        model, [&](Mode& mode) { return model.loss(five, choices, labels, 2, mode); }, Names{"classifier.bias"});
  }
}
