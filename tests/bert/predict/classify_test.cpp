#include "mini_bert/bert/predict/classify.h"

#include "mini_bert/autograd/tape.h"
#include "tests/bert/bert_testing.h"
#include "tests/catch.h"

using namespace mini_bert;

namespace classify_test {

struct Classifier {
  Classifier(const std::string& problem, const std::vector<std::string>& labels)
      : model([&] {
          BertConfig config = test::tiny_config(0.5);
          config.labels = labels;
          if (!problem.empty()) config.problem_type = problem;
          return config;
        }()) {
    test::randomize(model, 3);
  }
  std::vector<double> logits(const Encoding& encoding) const {
    const NoGrad no_grad;
    Mode mode = Mode::inference();
    const std::vector<Sequence> sequences = {{encoding.ids, encoding.type_ids}};
    const Tensor row = model.logits(pack(sequences), mode).value();
    return {row.values<float>().begin(), row.values<float>().end()};
  }
  std::vector<std::vector<LabelScore>> operator()(const std::vector<TextPair>& texts) const {
    return classify(model, tokenizer, texts);
  }

  Tokenizer tokenizer = test::tiny_tokenizer();
  BertForSequenceClassification model;
};

// The scores by label are as expected, and in order.
void check(const std::vector<LabelScore>& answers, const std::vector<std::pair<std::string, double>>& expected) {
  REQUIRE(answers.size() == expected.size());
  for (const auto& [label, score] : expected) {
    const auto answer = std::ranges::find(answers, label, &LabelScore::label);
    REQUIRE(answer != answers.end());
    CHECK(answer->score == Approx(score).epsilon(1e-4));
  }
  CHECK(std::ranges::is_sorted(answers, std::ranges::greater(), &LabelScore::score));
}

const std::vector<std::string> labels = {"x", "y", "z"};

TEST_CASE("classify: one label of several is a softmax, best first, for each text") {
  const Classifier classifier("", labels);
  const std::vector<TextPair> texts = {{"a", {}}, {"b c d e f", {}}, {"c a", {}}, {"", {}}};
  const auto answers = classifier(texts);
  REQUIRE(answers.size() == texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto z = classifier.logits(classifier.tokenizer.encode(texts[i].text));
    const double sum = std::exp(z[0]) + std::exp(z[1]) + std::exp(z[2]);
    check(answers[i], {{"x", std::exp(z[0]) / sum}, {"y", std::exp(z[1]) / sum}, {"z", std::exp(z[2]) / sum}});
  }
}

TEST_CASE("classify: several labels at once, or one alone, have a probability each") {
  const Classifier several("multi_label_classification", labels);
  const auto z = several.logits(several.tokenizer.encode("a b"));
  check(several({{"a b", {}}})[0],
        {{"x", 1 / (1 + std::exp(-z[0]))}, {"y", 1 / (1 + std::exp(-z[1]))}, {"z", 1 / (1 + std::exp(-z[2]))}});
  const Classifier one("", {"x"});
  check(one({{"a b", {}}})[0], {{"x", 1 / (1 + std::exp(-one.logits(one.tokenizer.encode("a b"))[0]))}});
}

TEST_CASE("classify: regression gives the number itself") {
  const Classifier number("regression", {"x"});
  check(number({{"a b", {}}})[0], {{"x", number.logits(number.tokenizer.encode("a b"))[0]}});
}

TEST_CASE("classify: a pair is one sequence of two types, not the texts one after the other") {
  const Classifier classifier("regression", {"x"});
  const auto paired = classifier({{"a b", "c"}})[0];
  check(paired, {{"x", classifier.logits(classifier.tokenizer.encode_pair("a b", "c"))[0]}});
  CHECK(std::abs(paired[0].score - classifier({{"a b c", {}}})[0][0].score) > 1e-3);
}

TEST_CASE("classify: of equal scores the first label comes first; a long text is cut") {
  Classifier classifier("", labels);
  std::string text;
  for (int i = 0; i < 30; ++i) text += "a ";
  check(classifier({{text, {}}})[0], [&] {
    const auto z = classifier.logits(classifier.tokenizer.encode("a a a a a a a a a a a a a a"));
    const double sum = std::exp(z[0]) + std::exp(z[1]) + std::exp(z[2]);
    return std::vector<std::pair<std::string, double>>{
        {"x", std::exp(z[0]) / sum}, {"y", std::exp(z[1]) / sum}, {"z", std::exp(z[2]) / sum}};
  }());
  for (const Parameter& parameter : classifier.model.parameters()) {
    Tensor value = parameter.value();
    if (checkpoint_name(parameter).starts_with("classifier")) value.fill(0);
  }
  const auto equal = classifier({{"a", {}}})[0];
  for (std::size_t i = 0; i < 3; ++i) CHECK(equal[i].label == labels[i]);
}

}  // namespace classify_test
