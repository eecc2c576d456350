#include "mini_bert/bert/predict/inspect.h"

#include <cmath>

#include "mini_bert/autograd/ops/attention.h"
#include "mini_bert/autograd/tape.h"
#include "mini_bert/bert/predict/fill_mask.h"
#include "tests/bert/bert_testing.h"
#include "tests/catch.h"

using namespace mini_bert;

namespace {

struct InspectedModel {
  InspectedModel() { test::randomize(model, 1, 0.4); }
  Tokenizer tokenizer = test::tiny_tokenizer();
  BertForMaskedLM model = BertForMaskedLM(test::tiny_config(0.3));
};

const std::string text = "a [MASK] c d";  // six tokens with [CLS] and [SEP]

struct QueriesAndKeys : Observer {
  std::vector<Var> queries, keys;
  void see(std::string_view what, const Var& value) override {
    if (what == "query") queries.push_back(value);
    if (what == "key") keys.push_back(value);
  }
};

double loss_of(const InspectedModel& m, Index token, std::int32_t target) {
  const Inspection inspection = inspect(m.model, m.tokenizer, text);
  const auto z = inspection.logits.rows(token, token + 1).values<float>();
  double sum = 0;
  for (const float score : z) sum += std::exp(static_cast<double>(score));
  return std::log(sum) - z[static_cast<std::size_t>(target)];
}

}  // namespace

TEST_CASE("inspect: the steps end in the answers of fill_mask") {
  const InspectedModel m;
  const Inspection inspection = inspect(m.model, m.tokenizer, text);
  CHECK(inspection.tokens == std::vector<std::string>{"[CLS]", "a", "[MASK]", "c", "d", "[SEP]"});
  REQUIRE(inspection.layers.size() == 2);
  CHECK(inspection.word.shape() == Shape{6, 12});
  CHECK(inspection.layers.back().fed_forward.shape() == Shape{6, 12});
  const auto blanks = fill_mask(m.model, m.tokenizer, text);
  for (const FillMaskAnswer& answer : blanks.front()) {
    CHECK(-std::log(answer.score) == Approx(loss_of(m, 2, answer.token)).epsilon(1e-5));
  }
}

TEST_CASE("inspect: the embeddings are the normalised sum of the three rows") {
  const InspectedModel m;
  const Inspection inspection = inspect(m.model, m.tokenizer, text);
  const auto parameters = m.model.parameters();  // the three tables, then the scale and shift of layer normalisation
  const Tensor norm_scale = parameters[3].value(), norm_shift = parameters[4].value();
  REQUIRE(parameters[3].role == Role::scale);
  const auto scale = norm_scale.values<float>(), shift = norm_shift.values<float>();
  for (Index t = 0; t < 6; ++t) {
    std::vector<double> sum(12);
    double mean = 0, variance = 0;
    for (std::size_t h = 0; h < 12; ++h) {
      const std::size_t i = static_cast<std::size_t>(t) * 12 + h;
      sum[h] = static_cast<double>(inspection.word.values<float>()[i]) + inspection.token_type.values<float>()[i] +
               inspection.position.values<float>()[i];
      mean += sum[h] / 12;
    }
    for (const double x : sum) variance += (x - mean) * (x - mean) / 12;
    for (std::size_t h = 0; h < 12; ++h) {
      const double expected = (sum[h] - mean) / std::sqrt(variance + 1e-12) * scale[h] + shift[h];
      CHECK(inspection.embeddings.values<float>()[static_cast<std::size_t>(t) * 12 + h] ==
            Approx(expected).margin(1e-5));
    }
  }
}

// Attention over values that are 1 at one token and 0 elsewhere gives the probabilities of this token.
TEST_CASE("inspect: the attention of every head is what the kernel of attention computes with") {
  const InspectedModel m;
  const Inspection inspection = inspect(m.model, m.tokenizer, text);
  const std::vector<Sequence> sequences = {{inspection.ids, inspection.type_ids}};
  const PackedSequences packed = pack(sequences);
  QueriesAndKeys seen;
  Mode mode = Mode::inference();
  mode.set_observer(&seen);
  m.model.logits(packed, Tensor::from(std::vector<std::int32_t>{2}), mode);
  REQUIRE(seen.keys.size() == 2);
  for (std::size_t layer = 0; layer < 2; ++layer) {
    const auto p = inspection.layers[layer].attention.values<float>();
    for (Index column = 0; column < 6; ++column) {
      Tensor one(Shape{6, 12}, DType::f32);
      std::fill_n(one.data<float>(), 72, 0.0f);
      std::fill_n(one.data<float>() + column * 12, 12, 1.0f);
      const Var context =
          attention(seen.queries[layer], seen.keys[layer], Var(one), packed.offsets, AttentionOptions{.heads = 3});
      for (Index n = 0; n < 3; ++n) {
        for (Index i = 0; i < 6; ++i) {
          CHECK(p[static_cast<std::size_t>((n * 6 + i) * 6 + column)] ==
                Approx(context.value().values<float>()[static_cast<std::size_t>(i * 12 + n * 4)]).margin(1e-6));
        }
      }
    }
  }
}

TEST_CASE("inspect: the gradient of the loss is its slope") {
  const InspectedModel m;
  const LossGradient gradient = loss_gradient(m.model, m.tokenizer, text, 2, 9);
  CHECK(gradient.loss == Approx(loss_of(m, 2, 9)).epsilon(1e-5));
  const auto parameters = m.model.parameters();
  REQUIRE(gradient.parameters.size() == parameters.size());
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const ParameterGradient& p = gradient.parameters[i];
    if (p.gradient_norm < 1e-3) continue;  // a key's bias adds the same to all scores
    INFO(p.path);
    Tensor value = parameters[i].value();
    float& weight = value.data<float>()[p.strongest];
    CHECK(weight == static_cast<float>(p.value));
    weight = static_cast<float>(p.value + 1e-2);
    const double above = loss_of(m, 2, 9);
    weight = static_cast<float>(p.value - 1e-2);
    const double below = loss_of(m, 2, 9);
    weight = static_cast<float>(p.value);
    CHECK((above - below) / 2e-2 == Approx(p.gradient).epsilon(0.02));
  }
}

TEST_CASE("inspect: the gradients at the tokens are those at the rows of the table of positions") {
  const InspectedModel m;
  const LossGradient gradient = loss_gradient(m.model, m.tokenizer, text, 2, 9);
  REQUIRE(gradient.tokens.size() == 6);
  double sum = 0;
  for (const double norm : gradient.tokens) sum += norm * norm;
  const ParameterGradient& position = gradient.parameters[1];
  REQUIRE(position.shape == m.model.bert().embeddings().position_embeddings().shape());
  CHECK(std::sqrt(sum) == Approx(position.gradient_norm));
  for (const Parameter& parameter : m.model.parameters()) CHECK_FALSE(parameter.grad().defined());
}

TEST_CASE("inspect: a token outside the text and an id outside the vocabulary are refused") {
  const InspectedModel m;
  CHECK_THROWS_WITH(loss_gradient(m.model, m.tokenizer, text, 6, 9), ContainsSubstring("6 tokens"));
  CHECK_THROWS_WITH(loss_gradient(m.model, m.tokenizer, text, -1, 9), ContainsSubstring("outside"));
  CHECK_THROWS_WITH(loss_gradient(m.model, m.tokenizer, text, 2, 23), ContainsSubstring("vocabulary has 23"));
}
