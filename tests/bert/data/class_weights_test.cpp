#include "mini_bert/bert/data/class_weights.h"

#include "mini_bert/autograd/ops/cross_entropy.h"
#include "tests/catch.h"
#include "tests/nn/nn_testing.h"

using namespace mini_bert;

namespace {

const std::vector<std::string> labels = {"O", "B-PER", "x=y"};

std::vector<float> weights(const std::string& text, const std::vector<Index>& counts = {1, 1, 1}) {
  const Tensor tensor = class_weights(text, labels, counts);
  return {tensor.values<float>().begin(), tensor.values<float>().end()};
}

}  // namespace

TEST_CASE("class weights: balanced is n/(k·n_c) over the labels that occur", "[class_weights]") {
  // sklearn.utils.class_weight.compute_class_weight("balanced", classes=[0, 1, 2], y=[0]*6 + [1]*3 + [2]) of 1.9.1
  CHECK(weights("balanced", {6, 3, 1}) == std::vector<float>{10.F / 18, 10.F / 9, 10.F / 3});
  CHECK(weights("balanced", {3, 0, 1}) == std::vector<float>{4.F / 6, 1, 2});
}

TEST_CASE("class weights: as they are given, 1 where they are not", "[class_weights]") {
  CHECK(weights("O=0.25") == std::vector<float>{0.25, 1, 1});
  CHECK(weights("x=y=3,B-PER=1e1") == std::vector<float>{1, 10, 3});
}

TEST_CASE("class weights: what is wrong with them", "[class_weights]") {
  CHECK_THROWS_WITH(weights("even"),
                    ContainsSubstring("`class_weights` has \"even\" without a '='; write balanced, or label=weight"));
  CHECK_THROWS_WITH(weights("B-LOC=2"),
                    ContainsSubstring("names \"B-LOC\", which is none of the 3 labels: O, B-PER, x=y"));
  for (const char* wrong : {"O=", "O=0", "O=-1", "O=nan", "O=1x", "O=inf"}) {
    CHECK_THROWS_WITH(weights(wrong), ContainsSubstring("expected a number above 0 as the weight"));
  }
}

TEST_CASE("class weights: what the loss is divided by", "[class_weights]") {
  const Tensor some = Tensor::from(std::vector<std::int32_t>{2, ignore_index, 0, 0});
  CHECK(total_weight(some, {}) == 3);
  CHECK(total_weight(some, Tensor::from(std::vector<float>{0.25, 1, 4})) == 4.5);
}
