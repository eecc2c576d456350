// The upper limits of this machine: the two limits of its roofline (Williams et al. 2009, doi:10.1145/1498765.1498785).
//
//   bench_machine            a line for each instruction set and number of threads
//   bench_machine --json     a line of JSON: the limits of products with all threads, for bench/draw_roofline.py
#include <fmt/format.h>

#include <initializer_list>
#include <string_view>

#include "bench/machine/bandwidth.h"
#include "bench/machine/fma_peak.h"
#include "mini_bert/tensor/parallel.h"

namespace mini_bert::bench {
namespace {

void print_instruction_sets() {
  for (const Isa set : {Isa::portable, Isa::neon, Isa::avx2, Isa::avx512, Isa::avx512_bf16}) {
    if (!has(set)) continue;
    for (const int threads : {1, num_threads()}) {
      fmt::print("{:<11} {} threads  {:7.1f} GFLOP/s {}\n", name_of(set), threads, fma_peak(set, threads) * 1e-9,
                 set == Isa::avx512_bf16 ? "bf16" : "f32");
    }
  }
  if (!has_int8_instructions(isa())) return;
  for (const int threads : {1, num_threads()}) {
    fmt::print("{:<11} {} threads  {:7.1f} Gop/s int8\n", "vnni", threads, int8_peak(threads) * 1e-9);
  }
}

void print_bandwidth() {
  for (const int threads : {1, num_threads()}) {
    const Bandwidth bandwidth = memory_bandwidth(threads);
    fmt::print("memory      {} threads  read {:.1f}, copy {:.1f}, triad {:.1f}, AdamW's update {:.1f} GB/s\n", threads,
               bandwidth.read * 1e-9, bandwidth.copy * 1e-9, bandwidth.triad * 1e-9, bandwidth.update * 1e-9);
  }
}

// Types that this CPU has no instructions for are left out.
void print_json() {
  const int threads = num_threads();
  const Bandwidth bandwidth = memory_bandwidth(threads);
  fmt::print(R"({{"threads": {}, "instruction_set": "{}", "f32": {:.1f})", threads, name_of(isa()),
             product_peak(DType::f32, threads) * 1e-9);
  if (isa() == Isa::avx512_bf16) fmt::print(R"(, "bf16": {:.1f})", product_peak(DType::bf16, threads) * 1e-9);
  if (has_int8_instructions(isa())) fmt::print(R"(, "int8": {:.1f})", int8_peak(threads) * 1e-9);
  fmt::print(R"(, "read": {:.1f}, "copy": {:.1f}, "triad": {:.1f}, "update": {:.1f}}})"
             "\n",
             bandwidth.read * 1e-9, bandwidth.copy * 1e-9, bandwidth.triad * 1e-9, bandwidth.update * 1e-9);
}

}  // namespace
}  // namespace mini_bert::bench

int main(int argc, char** argv) {
  using namespace mini_bert::bench;
  if (argc == 1) {
    print_instruction_sets();
    print_bandwidth();
  } else if (argc == 2 && std::string_view(argv[1]) == "--json") {
    print_json();
  } else {
    fmt::print(stderr, "bench_machine: expected nothing or --json\n");
    return 1;
  }
}
