#include "mini_bert/tensor/stored_weight.h"

#include <cstring>

#include "mini_bert/tensor/random.h"
#include "tests/catch.h"

using namespace mini_bert;

namespace {

bool same_bits(const Tensor& a, const Tensor& b) {
  return a.shape() == b.shape() && a.dtype() == b.dtype() && std::memcmp(a.raw(), b.raw(), a.bytes()) == 0;
}

}  // namespace

TEST_CASE("stored weight: every storage is widened exactly, row by row") {
  Tensor floats({5, 33});
  fill_normal(floats, 0, 1, {.seed = 1});
  for (const DType dtype : {DType::f16, DType::bf16}) {
    const StoredWeight weight(floats.to(dtype));
    const Tensor expected = weight.values.to(DType::f32);
    CHECK(same_bits(widened(weight), expected));
    const WeightStorage* const storage = storage_of(dtype);
    REQUIRE(storage != nullptr);
    Tensor row({1, 33});
    storage->widen_row(weight, 3, row.data<float>());
    CHECK(same_bits(row, expected.rows(3, 4).clone()));
  }
}

TEST_CASE("stored weight: f32 and f64 stand for themselves") {
  for (const DType dtype : {DType::f32, DType::f64}) {
    const StoredWeight weight(Tensor::full({2, 3}, 7, dtype));
    CHECK(storage_of(dtype) == nullptr);
    CHECK(widened(weight).raw() == weight.values.raw());
  }
}

TEST_CASE("stored weight: each type of the files names one storage") {
  for (const WeightStorage& storage : weight_storages()) {
    CHECK(storage_of(storage.dtype) == &storage);
    for (const WeightStorage& other : weight_storages()) {
      CHECK((other.file_type == storage.file_type) == (&other == &storage));
    }
  }
}
