#include "mini_bert/autograd/weight.h"

#include <cstring>

#include "mini_bert/autograd/ops/activated_linear.h"
#include "mini_bert/autograd/ops/embedding.h"
#include "mini_bert/autograd/ops/linear.h"
#include "mini_bert/autograd/tape.h"
#include "mini_bert/tensor/random.h"
#include "tests/catch.h"

using namespace mini_bert;

namespace {

Tensor normal(const Shape& shape, std::uint64_t seed) {
  Tensor x(shape);
  fill_normal(x, 0, 1, {.seed = seed});
  return x;
}

bool same_bits(const Tensor& a, const Tensor& b) {
  return a.shape() == b.shape() && a.dtype() == b.dtype() && std::memcmp(a.raw(), b.raw(), a.bytes()) == 0;
}

}  // namespace

TEST_CASE("weight: another stored value shows in every copy of the handle, and keeps the gradient's place") {
  Weight weight(normal({3, 5}, 1), true);
  const Weight other = weight;
  const Tensor halves = normal({3, 5}, 2).to(DType::f16);
  weight.replace(halves);
  CHECK(other.value().raw() == halves.raw());
  CHECK(other.dtype() == DType::f16);
  const Var x(normal({4, 5}, 3)), bias(normal({3}, 4));
  Tape tape;
  tape.backward(linear(x, weight, bias), Tensor::full({4, 3}, 1));
  CHECK(other.grad().defined());
  CHECK(other.grad().dtype() == DType::f32);
}

TEST_CASE("weight: only a value of the same shape and arithmetic may take the place") {
  Weight weight(normal({3, 5}, 1), true);
  CHECK_THROWS_AS(weight.replace(normal({5, 3}, 1)), Error);
  CHECK_THROWS_AS(weight.replace(Tensor({3, 5}, DType::f64)), Error);
  Weight of_var = Var(normal({3, 5}, 1));
  CHECK_THROWS_WITH(of_var.replace({normal({3, 5}, 1), normal({3}, 1)}), ContainsSubstring("with scales"));
}

TEST_CASE("weight: operations have the bits of the widened weight in every storage") {
  const Var x(normal({4, 33}, 3)), bias(normal({7}, 4));
  const Tensor ids = Tensor::from(std::vector<std::int32_t>{6, 0, 6});
  for (const WeightStorage& storage : weight_storages()) {
    const Tensor stored = normal({7, 33}, 1).to(storage.dtype);
    const Weight weight = Var(stored), wide = Var(widened(stored));
    CHECK(same_bits(linear(x, weight, bias).value(), linear(x, wide, bias).value()));
    CHECK(same_bits(activated_linear(x, Activation::gelu, weight, bias).value(),
                    activated_linear(x, Activation::gelu, wide, bias).value()));
    CHECK(same_bits(embedding(weight, ids).value(), embedding(wide, ids).value()));
  }
}

namespace {

// A weight whose panels were made.
struct Packed {
  Weight weight{normal({48, 33}, 1), true};
  Var x{normal({4, 33}, 3)}, bias{normal({48}, 4)};

  Packed() {
    weight.set_use(WeightUse::int8);
    linear(x, weight, bias);
    REQUIRE(weight.holds_panels());
  }
  // Whether a product has the result of a new weight with the same numbers.
  bool is_up_to_date() const {
    const Weight fresh(weight.value().clone(), true);
    fresh.set_use(WeightUse::int8);
    return same_bits(linear(x, weight, bias).value(), linear(x, fresh, bias).value());
  }
};

}  // namespace

TEST_CASE("weight: panels go when its holder says that it has changed, in every copy of the handle") {
  const Packed packed;
  const Weight other = packed.weight;
  Tensor value = packed.weight.value();
  value.fill(0.5);
  CHECK_FALSE(packed.is_up_to_date());  // nobody has said so
  other.changed();
  CHECK_FALSE(packed.weight.holds_panels());
  CHECK(packed.is_up_to_date());
}

TEST_CASE("weight: panels go with the value that they were made of") {
  Packed packed;
  packed.weight.replace(normal({48, 33}, 9));
  CHECK_FALSE(packed.weight.holds_panels());
  CHECK(packed.is_up_to_date());
}

TEST_CASE("weight: a pass that is recorded multiplies the weight itself and frees the panels") {
  const Packed packed;
  const Weight exact(packed.weight.value().clone(), true);
  const Tape tape;
  CHECK(same_bits(linear(packed.x, packed.weight, packed.bias).value(), linear(packed.x, exact, packed.bias).value()));
  CHECK_FALSE(packed.weight.holds_panels());
  const NoGrad no_grad;
  CHECK(packed.is_up_to_date());
  CHECK(packed.weight.holds_panels());
}

TEST_CASE("weight: one that was made of a Var has no place for panels") {
  const Weight weight = Var(normal({3, 5}, 1));
  CHECK(weight.use() == WeightUse::in_place);
  CHECK_FALSE(weight.holds_panels());
  CHECK_THROWS_WITH(weight.set_use(WeightUse::panels), ContainsSubstring("no place for panels"));
}
