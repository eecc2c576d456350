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
