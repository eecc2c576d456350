#include "mini_bert/bert/predict/finite_answer.h"

#include <cmath>
#include <limits>

#include "mini_bert/bert/predict/embed.h"
#include "mini_bert/bert/predict/fill_mask.h"
#include "mini_bert/bert/predict/score.h"
#include "tests/bert/bert_testing.h"
#include "tests/catch.h"

using namespace mini_bert;

TEST_CASE("finite answer: numbers come back, and a broken weight is named") {
  BertForMaskedLM model(test::tiny_config());
  CHECK(finite_answer(Tensor::zeros({2, 3}), model).shape() == Shape{2, 3});
  Tensor broken = Tensor::zeros({2, 3});
  broken.data<float>()[5] = GENERATE(std::nanf(""), std::numeric_limits<float>::infinity());
  CHECK_THROWS_WITH(finite_answer(broken, model), ContainsSubstring("although each weight is a number"));
  for (const Parameter& parameter : model.parameters()) {
    Tensor weight = parameter.value();
    const float before = weight.data<float>()[0];
    weight.data<float>()[0] = std::nanf("");
    CHECK_THROWS_WITH(finite_answer(broken, model), ContainsSubstring(" " + checkpoint_name(parameter) + " "));
    weight.data<float>()[0] = before;
  }
}

TEST_CASE("finite answer: a model whose weights are no numbers answers nothing") {
  BertForMaskedLM model(test::tiny_config());
  const Tokenizer tokenizer = test::tiny_tokenizer();
  model.initialize(1);
  const std::vector<std::string> texts = {"a b"};
  CHECK_NOTHROW(fill_mask(model, tokenizer, "a [MASK]"));
  Tensor weight = model.parameters().front().value();
  weight.fill(std::nanf(""));
  const auto is_named = ContainsSubstring("its weight bert.embeddings");
  CHECK_THROWS_WITH(fill_mask(model, tokenizer, "a [MASK]"), is_named);
  CHECK_THROWS_WITH(embed(model, tokenizer, texts), is_named);
  CHECK_THROWS_WITH(score(model, tokenizer, texts), is_named);
}
