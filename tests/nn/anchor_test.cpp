#include "mini_bert/nn/anchor.h"

#include "mini_bert/nn/linear.h"
#include "mini_bert/tensor/parallel.h"
#include "tests/catch.h"
#include "tests/nn/nn_testing.h"

using namespace mini_bert;

namespace {

void add(const Module& module, double amount) {
  for (const Parameter& parameter : module.parameters()) {
    Tensor value = parameter.value();
    for (double& w : value.values<double>()) w += amount;
  }
}

}  // namespace

TEST_CASE("anchor: pulls w to w − ηλ(w − w⁰), whatever has happened since") {
  Linear layer(70, 3, DType::f64);
  test::randomize(layer, 1);
  const std::vector<Tensor> start = test::values_of(layer.parameters());
  Anchor anchor(layer.parameters(), 4);
  add(layer, 0.5);
  anchor.pull(0.05);  // 0.2 of the way back
  add(layer, -1);
  anchor.pull(0.125);  // half of it
  const std::vector<Tensor> now = test::values_of(layer.parameters());
  for (std::size_t p = 0; p < start.size(); ++p) {
    for (Index i = 0; i < start[p].size(); ++i) {
      CHECK(now[p].data<double>()[i] - start[p].data<double>()[i] == Approx((0.5 * 0.8 - 1) * 0.5));
    }
  }
  anchor.pull(0.25);  // all of it
  for (std::size_t p = 0; p < start.size(); ++p)
    CHECK(test::relative_error(layer.parameters()[p].value(), start[p]) < 1e-14);
}

TEST_CASE("anchor: weight 0 changes nothing, and a pull beyond the start is refused") {
  Linear layer(5, 3, DType::f32);
  test::randomize(layer, 1);
  Anchor none(layer.parameters(), 0);
  test::randomize(layer, 2);
  const std::vector<Tensor> before = test::values_of(layer.parameters());
  none.pull(1e9);
  CHECK(test::same_bits(test::values_of(layer.parameters()), before));
  CHECK(none.fingerprint() == 0);
  Anchor anchor(layer.parameters(), 10);
  CHECK_THROWS_WITH(anchor.pull(0.2), ContainsSubstring("learning rate 0.2 times weight 10 is 2, expected at most 1"));
  CHECK(test::same_bits(test::values_of(layer.parameters()), before));
  CHECK_THROWS_WITH(Anchor(layer.parameters(), -1), ContainsSubstring("0 or more, got -1"));
}

TEST_CASE("anchor: each parameter is pulled at its own learning rate") {
  Linear layer(7, 3, DType::f64);  // a weight, then a bias
  test::randomize(layer, 1);
  const std::vector<Tensor> start = test::values_of(layer.parameters());
  Anchor anchor(layer.parameters(), 10, {0.25, 2});
  add(layer, 1);
  anchor.pull(0.04);
  const std::vector<Tensor> now = test::values_of(layer.parameters());
  REQUIRE(now.size() == 2);
  for (Index i = 0; i < 21; ++i) CHECK(now[0].data<double>()[i] - start[0].data<double>()[i] == Approx(0.9));
  for (Index i = 0; i < 3; ++i) CHECK(now[1].data<double>()[i] - start[1].data<double>()[i] == Approx(0.2));
  CHECK_THROWS_WITH(anchor.pull(0.06), ContainsSubstring("learning rate 0.12 times weight 10 is 1.2"));
  CHECK(test::same_bits(test::values_of(layer.parameters()), now));
  CHECK_THROWS_WITH(Anchor(layer.parameters(), 1, {1}), ContainsSubstring("1 learning-rate factors for 2 parameters"));
}

TEST_CASE("anchor: the fingerprint is of the start, not of where the weights have gone") {
  Linear layer(5, 3, DType::f32);
  test::randomize(layer, 1);
  const Anchor anchor(layer.parameters(), 1);
  const std::uint64_t start = anchor.fingerprint();
  test::randomize(layer, 2);
  CHECK(anchor.fingerprint() == start);
  CHECK(Anchor(layer.parameters(), 1).fingerprint() != start);
}

TEST_CASE("anchor: the same bits with any number of threads") {
  const auto pulled = [](int threads) {
    const int before = num_threads();
    set_num_threads(threads);
    Linear layer(300, 70, DType::f32);
    test::randomize(layer, 1);
    Anchor anchor(layer.parameters(), 3);
    test::randomize(layer, 2);
    anchor.pull(0.1);
    set_num_threads(before);
    return test::values_of(layer.parameters());
  };
  for (const int threads : {2, 3, 8}) CHECK(test::same_bits(pulled(threads), pulled(1)));
}
