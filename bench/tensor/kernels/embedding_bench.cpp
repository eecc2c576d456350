#include "mini_bert/tensor/kernels/embedding.h"

#include "bench/tensor/kernels/kernel_bench.h"

namespace mini_bert::bench {
namespace {

constexpr Index padding_id = 0;

void embedding_forward(benchmark::State& state) {
  use_threads(state);
  const Tensor table = random_tensor({V, H}), ids = random_indices(V);
  Tensor y({T, H});
  const auto run = [&] { kernels::embedding(table, ids, y); };
  run();
  if (!agrees(state, y, [&](Index i) { return at(table, ids.data<std::int32_t>()[i / H], i % H); })) return;
  time_it(state, run);
  report_bytes(state, 2 * y.bytes());
}
KERNEL_BENCHMARK(embedding_forward);

void embedding_backward(benchmark::State& state) {
  use_threads(state);
  const Tensor dy = random_tensor({T, H}), ids = random_indices(V);
  Tensor dtable = Tensor::zeros({V, H});
  const auto run = [&] { kernels::embedding_backward(dy, ids, padding_id, added_to(dtable)); };
  run();
  Tensor used({T, H});  // the rows of the table's gradient that the kernel changed
  kernels::embedding(dtable, ids, used);
  const auto expected = [&](Index i) {
    const std::int32_t* const id = ids.data<std::int32_t>();
    double sum = 0;
    for (Index t = 0; t < T; ++t) sum += id[t] == id[i / H] && id[t] != padding_id ? at(dy, t, i % H) : 0;
    return sum;
  };
  if (!agrees(state, used, expected)) return;
  time_it(state, run);
  report_bytes(state, 3 * dy.bytes());
}
KERNEL_BENCHMARK(embedding_backward);

}  // namespace
}  // namespace mini_bert::bench

BENCHMARK_MAIN();
