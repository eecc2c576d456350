#include "mini_bert/tensor/rehearsal.h"

#include "mini_bert/tensor/allocator.h"
#include "mini_bert/tensor/parallel.h"
#include "mini_bert/tensor/tensor.h"
#include "tests/catch.h"

namespace mini_bert::rehearsal_testing {

TEST_CASE("rehearsal: loops call no body, and only while it lasts") {
  Index calls = 0;
  const auto loop = [&] {
    parallel_for(1, 1, [&](Index) { ++calls; });
    parallel_for_chunks(1, 1, [&](Index, Index) { ++calls; });
  };
  {
    const Rehearsal rehearsal;
    CHECK(Rehearsal::is_running());
    loop();
    {
      const Rehearsal inner;
      loop();
    }
    loop();
    CHECK(calls == 0);
  }
  CHECK_FALSE(Rehearsal::is_running());
  loop();
  CHECK(calls == 2);
}

TEST_CASE("rehearsal: numbers with fractions are not written, indices are") {
  const Tensor ones = Tensor::full({3}, 1);
  const Rehearsal rehearsal;
  Tensor x = Tensor::from(std::vector<float>{1, 2, 3});
  x.fill(7);
  x.copy_from(ones);
  CHECK(x.data<float>()[1] == 2);
  CHECK(ones.clone().shape() == ones.shape());
  CHECK(Tensor::zeros({2, 2}).size() == 4);
  CHECK(Tensor::full({2}, 5, DType::i32).data<std::int32_t>()[1] == 5);
}

TEST_CASE("rehearsal: each thread has as much scratch memory as the largest request") {
  const auto live = [] { return CachingAllocator::instance().statistics().live; };
  const std::size_t before = live(), threads = static_cast<std::size_t>(num_threads());
  Rehearsal::scratch(1'000'000);  // of no rehearsal
  Rehearsal::passing(1'000'000);
  CHECK(live() == before);
  {
    const Rehearsal rehearsal;
    Rehearsal::scratch(640'000);
    Rehearsal::scratch(64'000);
    Rehearsal::passing(6'400'000);
    CHECK(live() >= before + threads * 640'000);
    CHECK(live() < before + threads * 641'000);
  }
  CHECK(live() == before);
}

}  // namespace mini_bert::rehearsal_testing
