// The numbers of the worked examples in docs/, read from the pages and compared with the library.
#include <fmt/core.h>

#include <fstream>
#include <sstream>

#include "mini_bert/autograd/ops.h"
#include "tests/autograd/op_testing.h"

namespace mini_bert::testing {
namespace {

// A page in which every minus sign (U+2212) is replaced with '-'.
std::string page(const std::string& name) {
  std::ifstream file(fmt::format("{}/docs/{}", MINI_BERT_SOURCE_DIR, name));
  REQUIRE(file);
  std::ostringstream text;
  text << file.rdbuf();
  std::string result = text.str();
  const std::string minus = "\u2212";
  for (std::size_t at = result.find(minus); at != std::string::npos; at = result.find(minus, at)) {
    result.replace(at, minus.size(), "-");
  }
  return result;
}

// The section of attention.md that shows the example.
std::string attention_example() {
  const std::string text = page("attention.md");
  const std::size_t begin = text.find("\n## A worked example"), end = text.find("\n## ", begin + 1);
  REQUIRE(end != std::string::npos);
  return text.substr(begin, end - begin);
}

// A number as the page prints it; `rounding` is half a unit of its last digit.
struct Printed {
  double value, rounding;
};

// The numbers in the `groups` pairs of brackets that follow `label`, up to the end of the line.
std::vector<Printed> brackets(const std::string& text, const std::string& label, int groups) {
  const std::size_t begin = text.find(label);
  INFO("label \"" << label << "\"");
  REQUIRE(begin != std::string::npos);
  REQUIRE(text.find(label, begin + 1) == std::string::npos);
  const std::string line = text.substr(begin + label.size(), text.find('\n', begin) - begin - label.size());
  std::vector<Printed> numbers;
  std::size_t at = 0;
  for (int group = 0; group < groups; ++group) {
    const std::size_t open = line.find('(', at), close = line.find(')', open);
    REQUIRE(close != std::string::npos);
    std::istringstream words(line.substr(open + 1, close - open - 1));
    for (std::string word; std::getline(words, word, ',');) {
      const std::size_t point = word.find('.');
      const auto decimals = point == std::string::npos ? 0 : static_cast<int>(word.size() - point) - 1;
      numbers.push_back({std::stod(word), decimals == 0 ? 0 : 0.5 * std::pow(10, -decimals)});
    }
    at = close;
  }
  return numbers;
}

Tensor tensor_of(const std::vector<Printed>& numbers, const Shape& shape) {
  std::vector<double> values;
  for (const Printed& number : numbers) values.push_back(number.value);
  return Tensor::from(values, shape);
}

void check(const std::vector<Printed>& printed, const Tensor& computed) {
  const std::vector<double> values = doubles(computed);
  REQUIRE(values.size() == printed.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    INFO("number " << i << " of the line");
    CHECK(std::abs(values[i] - printed[i].value) <= printed[i].rounding + 1e-12);
  }
}

// The example is one head, so that a product of matrices is all that is needed to follow it.
TEST_CASE("the worked example of attention.md is what attention computes", "[docs]") {
  const std::string text = attention_example();
  const auto rows = [&](const std::string& label) { return brackets(text, fmt::format("\n    {}", label), 3); };
  const Var q(tensor_of(rows("q      ="), {3, 2}), true), k(tensor_of(rows("k      ="), {3, 2}), true),
      v(tensor_of(rows("v      ="), {3, 2}), true);
  const SequenceOffsets offsets(std::vector<Index>{3});

  Tape tape;
  const Var out = attention(q, k, v, offsets, {.heads = 1});
  check(rows("out    ="), out.value());
  tape.backward(out, tensor_of(rows("dout    ="), {3, 2}));
  check(rows("dq      ="), q.grad());
  check(rows("dk      ="), k.grad());
  check(rows("dv      ="), v.grad());
}

TEST_CASE("the steps in between are those of composed operations", "[docs]") {
  const std::string text = attention_example();
  const auto rows = [&](const std::string& label) { return brackets(text, fmt::format("\n    {}", label), 3); };
  const std::vector<double> q = doubles(tensor_of(rows("q      ="), {3, 2})),
                            k = doubles(tensor_of(rows("k      ="), {3, 2})),
                            v = doubles(tensor_of(rows("v      ="), {3, 2})),
                            dout = doubles(tensor_of(rows("dout    ="), {3, 2}));
  std::vector<double> products(9), dprobs_values(9);
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j < 3; ++j) {
      for (int c = 0; c < 2; ++c) {
        products[3 * i + j] += q[2 * i + c] * k[2 * j + c] / std::sqrt(2.0);
        dprobs_values[3 * i + j] += dout[2 * i + c] * v[2 * j + c];
      }
    }
  }
  const Var scores(Tensor::from(products, {3, 3}), true);
  const Tensor dprobs = Tensor::from(dprobs_values, {3, 3});
  Tape tape;
  const Var probs = softmax(scores);
  check(rows("scores ="), scores.value());
  check(rows("probs  ="), probs.value());
  check(rows("dprobs  ="), dprobs);
  tape.backward(probs, dprobs);
  check(rows("dscores ="), scores.grad());
}

TEST_CASE("the example of layer_norm.md", "[docs]") {
  const std::string text = page("layer_norm.md");
  const Var x(tensor_of(brackets(text, "ε = 0: x = ", 1), {1, 4}), true);
  const Var gamma(Tensor::full({4}, 1, DType::f64)), beta(Tensor::zeros({4}, DType::f64));
  check(brackets(text, "so x̂ ≈ ", 1), layer_norm(x, gamma, beta, 0).value());
}

TEST_CASE("the example of softmax_cross_entropy.md", "[docs]") {
  const std::string text = page("softmax_cross_entropy.md");
  const Var z(tensor_of(brackets(text, "Example: z = ", 1), {1, 3}), true);
  Tape tape;
  const Var loss = cross_entropy(z, ids({0}), 1);
  tape.backward(loss);
  check(brackets(text, "    p ≈ ", 1), softmax(z).value());
  check(brackets(text, "dz ≈ ", 1), z.grad());
  check({{0.408, 0.0005}}, loss.value());
  CHECK(text.find("ℓ ≈ 0.408") != std::string::npos);
}

TEST_CASE("the example of tape.md", "[docs]") {
  const Var x(Tensor::full({1}, 2, DType::f64), true);
  Tape tape;
  const Var z = add(x, scale(x, 3));
  tape.backward(z);
  CHECK(doubles(z.value()) == std::vector{8.0});
  CHECK(doubles(x.grad()) == std::vector{4.0});
  CHECK(page("tape.md").find("dx = 1 + 3·1 = 4") != std::string::npos);
}

}  // namespace
}  // namespace mini_bert::testing
