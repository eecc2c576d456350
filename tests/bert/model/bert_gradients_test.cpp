// The derivative of a whole BERT, compared with central differences in double. Every operation has its own check; this
// one finds what happens between them: a residual added twice, a wrong dropout key, a gradient written over.
#include "mini_bert/autograd/gradcheck.h"
#include "mini_bert/autograd/tape.h"
#include "mini_bert/bert/model/bert.h"
#include "tests/bert/bert_testing.h"
#include "tests/catch.h"

using namespace mini_bert;

namespace {

std::vector<Var> vars_of(const std::vector<Parameter>& parameters) {
  std::vector<Var> vars;
  for (const Parameter& parameter : parameters) vars.push_back(parameter.var());
  return vars;
}

Mode training_or_inference(bool training) {
  return training ? Mode::training(5, 9) : Mode::inference();
}

double largest(const Tensor& x) {
  double largest = 0;
  for (const double value : x.values<double>()) largest = std::max(largest, std::abs(value));
  return largest;
}

}  // namespace

TEST_CASE("bert: every parameter's gradient of the masked loss equals central differences", "[gradcheck]") {
  const test::Threads one_thread(1);
  // Each form of GELU once: with dropout and without.
  const std::string activation = GENERATE(as<std::string>{}, "gelu", "gelu_new");
  const bool training = activation == "gelu";
  BertConfig config = test::tiny_config(0.3);
  config.hidden_act = activation;
  const BertForMaskedLM model(config, DType::f64);
  test::randomize(model, 1, 0.4);
  const MaskedBatch batch = test::random_batch({5, 7}, 2);
  REQUIRE(batch.masked() == 3);
  const std::vector<Var> vars = vars_of(test::checkable_parameters(model));
  REQUIRE(vars.size() == model.parameters().size() - 2);
  const GradcheckResult result = gradcheck(
      [&] {
        Mode mode = training_or_inference(training);
        return model.loss(batch, static_cast<double>(batch.masked()), mode);
      },
      vars);
  INFO(activation << (training ? ", training: " : ", inference: ") << result.message);
  CHECK(result.passed);
  for (std::size_t p = 0; p + 2 < model.parameters().size(); ++p) {
    const Parameter key_bias = model.parameters()[p + 2], query = model.parameters()[p];
    if (checkpoint_name(key_bias).ends_with("self.key.bias"))
      CHECK(largest(key_bias.grad()) < 1e-14 * largest(query.grad()));
  }
}

TEST_CASE("bert: the gradient of the hidden states and of the pooled sentences", "[gradcheck]") {
  const test::Threads one_thread(1);
  const BertModel model(test::tiny_config(0.3), Pooling::first_token, DType::f64);
  test::randomize(model, 1, 0.4);
  const MaskedBatch batch = test::random_batch({4, 6, 3}, 2);
  for (const bool training : {false, true}) {
    const GradcheckResult result = gradcheck(
        [&] {
          Mode mode = training_or_inference(training);
          return model.pool(model.forward(batch.tokens, mode), batch.tokens.offsets);
        },
        vars_of(test::checkable_parameters(model)));
    INFO(result.message);
    CHECK(result.passed);
  }
}

TEST_CASE("bert: the gradient check notices a broken model", "[gradcheck]") {
  const test::Threads one_thread(1);
  const BertForMaskedLM model(test::tiny_config(0.3), DType::f64);
  test::randomize(model, 1, 0.4);
  const MaskedBatch batch = test::random_batch({7, 11}, 2);
  std::uint32_t step = 0;
  const GradcheckResult result = gradcheck(
      [&] {
        Mode mode = Mode::training(5, step++);  // other masks in every pass
        return model.loss(batch, 5, mode);
      },
      {model.parameters()[0].var()});
  CHECK_FALSE(result.passed);
}

TEST_CASE("bert: the padding token learns as an answer, never as an input") {
  const BertForMaskedLM model(test::tiny_config(), DType::f64);
  test::randomize(model, 1, 0.4);
  std::vector<Sequence> sequences = {test::random_sequence(8, 3)};
  const auto gradient_of_padding_row = [&] {
    for (Parameter parameter : model.parameters()) parameter.var().clear_grad();
    const MaskedBatch batch = {pack(sequences), Tensor::from(std::vector<std::int32_t>{4}),
                               Tensor::from(std::vector<std::int32_t>{7})};
    Tape tape;
    Mode mode = Mode::inference();
    tape.backward(model.loss(batch, 1, mode));
    return model.bert().word_embeddings().grad().rows(0, 1).clone();
  };
  sequences[0].ids[2] = 0;
  const Tensor with_padding = gradient_of_padding_row();
  // As an answer: dlogit·h. h, the state at the masked row, is what every other word's row gets as well, so a word that
  // is neither in the sentence nor the label has a gradient that points the same way.
  const Tensor other = model.bert().word_embeddings().grad().rows(1, 2).clone();
  const double ratio = with_padding.data<double>()[0] / other.data<double>()[0];
  for (Index h = 1; h < with_padding.size(); ++h) {
    CHECK(with_padding.data<double>()[h] == Approx(ratio * other.data<double>()[h]).epsilon(1e-12));
  }
}
