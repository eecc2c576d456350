#include "mini_bert/tensor/kernels/matmul.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "bench/machine/fma_peak.h"
#include "bench/tensor/kernels/peers/peers.h"
#include "mini_bert/tensor/parallel.h"
#include "mini_bert/tensor/random.h"
#include "mini_bert/tensor/simd/kernels.h"

// Products of f32 matrices at BERT's shapes, with our kernels, oneDNN and Eigen. They take turns in one process. Each
// result is compared with the definition in double before it is timed.
//
//   bench_matmul [PATTERN]     only the shapes whose line contains PATTERN, for example 'dW' or '128x'
namespace mini_bert::bench {
namespace {

using kernels::Output;

// y = x·Wᵀ, dX = dY·W, dW = dYᵀ·X.
enum class Form { forward, dx, dw };

struct Case {
  Form form;
  Index m, n, k;
  DType stored = DType::f32;  // type of W in the forward form; the others multiply the same numbers as floats

  std::string name() const {
    constexpr std::array names = {"x*W'", "dY*W", "dY'*X"};
    const std::string_view suffix = stored == DType::f32 ? "" : name_of(stored);
    return fmt::format("{:<6}{}x{}x{} {}", names[static_cast<std::size_t>(form)], m, n, k, suffix);
  }
  double flops() const { return 2.0 * static_cast<double>(m * n * k); }
};

std::vector<Case> cases() {
  struct Layer {
    Index in, out;
  };
  constexpr std::array layers = {Layer{768, 768}, Layer{768, 3072}, Layer{3072, 768}};
  std::vector<Case> all;
  for (const Index tokens : {4096, 1024, 128, 16}) {
    for (const auto [in, out] : layers) all.push_back({Form::forward, tokens, out, in});
    for (const auto [in, out] : layers) all.push_back({Form::dx, tokens, in, out});
    for (const auto [in, out] : layers) {
      if (tokens >= 1024) all.push_back({Form::dw, out, in, tokens});
    }
  }
  for (const auto [in, out] : layers) all.push_back({Form::forward, 16, out, in, DType::f16});
  constexpr Index masked = 614, vocabulary = 21128, hidden = 768;
  all.push_back({Form::forward, masked, vocabulary, hidden});
  all.push_back({Form::dx, masked, hidden, vocabulary});
  all.push_back({Form::dw, vocabulary, hidden, masked});
  return all;
}

Tensor random_tensor(const Shape& shape, std::uint32_t stream) {
  Tensor x(shape);
  fill_normal(x, 0, 1, {.seed = 1, .stream = stream});
  return x;
}

// Whether about two hundred elements of C, from all rows and columns, are correct up to 4·eps·√K·|a|·|b|.
bool is_right(const Problem& p) {
  const Index step = p.m * p.n / 211 + 1;
  for (Index i = 0; i < p.m * p.n; i += step) {
    double sum = 0, a_squares = 0, b_squares = 0;
    for (Index k = 0; k < p.k; ++k) {
      const double a = p.a_transposed ? p.a[k * p.m + i / p.n] : p.a[i / p.n * p.k + k];
      const double b = p.b_transposed ? p.b[i % p.n * p.k + k] : p.b[k * p.n + i % p.n];
      sum += a * b;
      a_squares += a * a;
      b_squares += b * b;
    }
    const double bound = 4 * 0x1p-23 * std::sqrt(static_cast<double>(p.k)) * std::sqrt(a_squares * b_squares);
    if (!(std::abs(static_cast<double>(p.c[i]) - sum) <= bound)) return false;
  }
  return true;
}

double seconds_of(const std::function<void()>& run) {
  const auto begin = std::chrono::steady_clock::now();
  run();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

struct Contestant {
  const char* name;
  std::function<void()> run;
  double fastest = INFINITY;  // seconds

  double gflops(double flops) const { return run ? flops / fastest * 1e-9 : NAN; }
};

// GFLOP/s of our kernel, oneDNN and Eigen, each in its fastest round. All take turns in every round.
std::array<double, 3> measure(const Case& shape, const Problem& p, const std::function<void()>& ours, int threads) {
  set_num_threads(threads);
  std::array contestants = {Contestant{"ours", ours}, Contestant{"oneDNN", onednn_product(p)},
                            Contestant{"Eigen", threads == 1 ? eigen_product(p) : std::function<void()>{}}};
  double longest = 0;
  for (const Contestant& contestant : contestants) {
    if (!contestant.run) continue;
    std::fill_n(p.c, p.m * p.n, NAN);
    contestant.run();
    if (!is_right(p)) {
      fmt::print(stderr, "bench_matmul: {}: the result of {} is wrong\n", shape.name(), contestant.name);
      std::exit(1);
    }
    longest = std::max(longest, seconds_of(contestant.run));
  }
  const int rounds = std::clamp(static_cast<int>(0.25 / longest), 5, 200);
  for (int round = 0; round < rounds; ++round) {
    for (Contestant& contestant : contestants) {
      if (contestant.run) contestant.fastest = std::min(contestant.fastest, seconds_of(contestant.run));
    }
  }
  return {contestants[0].gflops(shape.flops()), contestants[1].gflops(shape.flops()),
          contestants[2].gflops(shape.flops())};
}

void run_case(const Case& shape, const std::array<double, 2>& peaks) {
  const bool a_transposed = shape.form == Form::dw, b_transposed = shape.form == Form::forward;
  const Tensor a = random_tensor(a_transposed ? Shape{shape.k, shape.m} : Shape{shape.m, shape.k}, 0);
  const Tensor stored =
      random_tensor(b_transposed ? Shape{shape.n, shape.k} : Shape{shape.k, shape.n}, 1).to(shape.stored);
  const Tensor b = stored.to(DType::f32);
  Tensor c({shape.m, shape.n});
  const Problem problem{shape.m,         shape.n,         shape.k,
                        a_transposed,    b_transposed,    shape.form != Form::dw,
                        a.data<float>(), b.data<float>(), c.data<float>()};
  const auto ours = [&] {
    switch (shape.form) {
      case Form::forward:
        return kernels::matmul_transposed_b(a, stored, c, Output::replace);
      case Form::dx:
        return kernels::matmul(a, b, c, Output::replace);
      case Form::dw:
        return kernels::matmul_transposed_a(a, b, c, Output::replace);
    }
  };
  const auto one = measure(shape, problem, ours, 1), two = measure(shape, problem, ours, 2);
  fmt::print("{:<22}{:8.1f} {:3.0f} % {:8.1f} {:5.2f} {:8.1f}  |{:8.1f} {:3.0f} % {:8.1f} {:5.2f} {:5.2f}\n",
             shape.name(), one[0], 100 * one[0] / peaks[0], one[1], one[0] / one[1], one[2], two[0],
             100 * two[0] / peaks[1], two[1], two[0] / two[1], two[0] / one[0]);
  std::fflush(stdout);
}

int run(const std::string& pattern) {
  const std::array peaks = {product_peak(DType::f32, 1) * 1e-9, product_peak(DType::f32, 2) * 1e-9};
  fmt::print("GFLOP/s with kernels for {}; registers only: {:.1f} with one thread, {:.1f} with two\n", name_of(isa()),
             peaks[0], peaks[1]);
  fmt::print("{:<22}{:^38}  |{:^34}\n", "", "1 thread", "2 threads");
  fmt::print("{:<22}{:>8} {:>5} {:>8} {:>5} {:>8}  |{:>8} {:>5} {:>8} {:>5} {:>5}\n", "C, MxNxK", "ours", "peak",
             "oneDNN", "ratio", "Eigen", "ours", "peak", "oneDNN", "ratio", "gain");
  for (const Case& shape : cases()) {
    if (shape.name().find(pattern) != std::string::npos) run_case(shape, peaks);
  }
  return 0;
}

}  // namespace
}  // namespace mini_bert::bench

int main(int argc, char** argv) {
  return mini_bert::bench::run(argc > 1 ? argv[1] : "");
}
