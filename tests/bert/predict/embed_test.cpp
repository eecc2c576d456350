#include "mini_bert/bert/predict/embed.h"

#include "tests/bert/predict/table_model.h"
#include "tests/catch.h"

using namespace mini_bert;
using test::hidden_of;

namespace {

struct OneHot {
  OneHot() { test::make_one_hot(model); }
  Tokenizer tokenizer = test::tiny_tokenizer();
  BertWithoutHead model{test::table_config()};

  std::vector<std::vector<float>> operator()(const std::vector<std::string>& texts, const EmbedOptions& options) const {
    return embed(model, tokenizer, texts, options);
  }
};

void check(const std::vector<float>& vector, const std::vector<double>& expected) {
  REQUIRE(vector.size() == expected.size());
  for (std::size_t j = 0; j < vector.size(); ++j) CHECK(vector[j] == Approx(expected[j]).margin(1e-5));
}

std::vector<double> mean_of(const std::vector<std::int32_t>& tokens) {
  std::vector<double> mean(test::table_width, 0);
  for (const std::int32_t token : tokens) {
    for (std::size_t j = 0; j < mean.size(); ++j) mean[j] += hidden_of(token)[j] / static_cast<double>(tokens.size());
  }
  return mean;
}

}  // namespace

TEST_CASE("embed: mean is that of all tokens, [CLS] and [SEP] included, for each text") {
  const OneHot model;
  const auto vectors = model({"a", "b b c d", ""}, {.pooling = TextPooling::mean});
  check(vectors[0], mean_of({2, 5, 3}));
  check(vectors[1], mean_of({2, 6, 6, 7, 8, 3}));
  check(vectors[2], mean_of({2, 3}));
}

TEST_CASE("embed: cls is the hidden state of [CLS], pooler tanh(W·h + b) of it") {
  const OneHot model;
  check(model({"a b"}, {.pooling = TextPooling::cls})[0], hidden_of(2));
  Tensor weight = test::parameter_of(model.model, "bert.pooler.dense.weight");
  Tensor bias = test::parameter_of(model.model, "bert.pooler.dense.bias");
  fill_normal(weight, 0, 0.3, {.seed = 1});
  fill_normal(bias, 0, 0.3, {.seed = 2});
  std::vector<double> pooled;
  for (Index i = 0; i < test::table_width; ++i) {
    double sum = bias.data<float>()[i];
    for (Index j = 0; j < test::table_width; ++j) {
      sum += weight.data<float>()[i * test::table_width + j] * hidden_of(2)[static_cast<std::size_t>(j)];
    }
    pooled.push_back(std::tanh(sum));
  }
  check(model({"a b"}, {.pooling = TextPooling::pooler})[0], pooled);
}

TEST_CASE("embed: normalize divides by the length, and leaves a vector of zeros alone") {
  OneHot model;
  std::vector<double> expected = mean_of({2, 5, 5, 3});
  double squares = 0;
  for (const double x : expected) squares += x * x;
  for (double& x : expected) x /= std::sqrt(squares);
  check(model({"a a"}, {.pooling = TextPooling::mean, .normalize = true})[0], expected);
  for (const Parameter& parameter : model.model.parameters()) {
    Tensor value = parameter.value();
    value.fill(0);
  }
  check(model({"a a"}, {.pooling = TextPooling::mean, .normalize = true})[0],
        std::vector<double>(test::table_width, 0));
}

TEST_CASE("embed: a long text is cut at its end, [SEP] stays") {
  const OneHot model;
  std::string text;
  for (int i = 0; i < 10; ++i) text += "a b ";
  std::vector<std::int32_t> tokens = {2};
  for (int i = 0; i < 7; ++i) tokens.insert(tokens.end(), {5, 6});
  tokens.push_back(3);
  check(model({text}, {.pooling = TextPooling::mean})[0], mean_of(tokens));
}

TEST_CASE("embed: a prompt goes before each text, and its tokens count or not") {
  const OneHot model;
  const EmbedOptions with{.prompt = "c d "};
  check(model({"a b"}, with)[0], mean_of({2, 7, 8, 5, 6, 3}));
  EmbedOptions behind = with;
  behind.pools_prompt = false;  // without [CLS] and the prompt, with [SEP]
  check(model({"a b", ""}, behind)[0], mean_of({5, 6, 3}));
  check(model({"a b", ""}, behind)[1], mean_of({3}));
  behind.pooling = TextPooling::cls;
  check(model({"a b"}, behind)[0], hidden_of(5));
  // A text that is cut within the prompt has nothing behind it.
  behind.max_length = 3;
  check(model({"a b"}, behind)[0], hidden_of(3));
  behind.prompt = "c d e f ";
  behind.max_length = 4;
  check(model({"a"}, behind)[0], hidden_of(3));
}

TEST_CASE("embed: the first numbers of a vector, before or after length 1") {
  const OneHot model;
  EmbedOptions options{.normalize = true, .dimensions = 9};
  const auto whole = model({"a b"}, {.normalize = true})[0];
  auto cut = model({"a b"}, options)[0];
  CHECK(cut == std::vector<float>(whole.begin(), whole.begin() + 9));
  options.normalize_again = true;
  double squares = 0;
  const std::vector<float> scaled = model({"a b"}, options)[0];
  for (const float x : scaled) squares += double{x} * x;
  CHECK(squares == Approx(1).margin(1e-6));
  options.dimensions = 1000;
  CHECK(model({"a b"}, options)[0].size() == static_cast<std::size_t>(test::table_width));
}
