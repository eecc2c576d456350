// The upper limits of this machine: the two limits of its roofline (Williams et al. 2009, doi:10.1145/1498765.1498785).
#include <fmt/format.h>

#include <initializer_list>

#include "bench/machine/bandwidth.h"
#include "bench/machine/fma_peak.h"
#include "mini_bert/tensor/parallel.h"

int main() {
  using namespace mini_bert;
  for (const Isa set : {Isa::portable, Isa::neon, Isa::avx2, Isa::avx512, Isa::avx512_bf16}) {
    if (!has(set)) continue;
    for (const int threads : {1, num_threads()}) {
      fmt::print("{:<11} {} threads  {:7.1f} GFLOP/s {}\n", name_of(set), threads, bench::fma_peak(set, threads) * 1e-9,
                 set == Isa::avx512_bf16 ? "bf16" : "f32");
    }
  }
  for (const int threads : {1, num_threads()}) {
    const bench::Bandwidth bandwidth = bench::memory_bandwidth(threads);
    fmt::print("memory      {} threads  read {:.1f}, copy {:.1f}, triad {:.1f}, AdamW's update {:.1f} GB/s\n", threads,
               bandwidth.read * 1e-9, bandwidth.copy * 1e-9, bandwidth.triad * 1e-9, bandwidth.update * 1e-9);
  }
}
