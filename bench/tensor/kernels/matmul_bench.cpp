#include "mini_bert/tensor/kernels/matmul.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include "bench/machine/fma_peak.h"
#include "bench/tensor/kernels/peers/peers.h"
#include "mini_bert/tensor/packed_weight.h"
#include "mini_bert/tensor/parallel.h"
#include "mini_bert/tensor/random.h"
#include "mini_bert/tensor/simd/kernels.h"

// Matrix products at BERT's shapes, with our kernels, oneDNN and Eigen. They take turns in one process. Each result is
// compared with the definition in double before it is timed.
//
//   bench_matmul [--json] [PATTERN]    only the shapes whose line contains PATTERN, for example "dY'" or '128x'
//
// Both sides do the same work. In rows without a suffix, W lies in memory as rows: oneDNN reads it there or converts it
// to its own layout in every call, whichever is faster. The last rows multiply a weight that both sides converted
// beforehand, as inference does: "panels" in f32, "int8", and "bf16". In int8 every call rounds x. Rows of bf16 run on
// CPUs that multiply bf16, or if PATTERN names them.
namespace mini_bert::bench {
namespace {

using kernels::Output;

// y = x·Wᵀ, dX = dY·W, dW = dYᵀ·X.
enum class Form { forward, dx, dw };

struct Case {
  Form form;
  Index m, n, k;
  DType stored = DType::f32;       // type of W in the forward form; the others multiply the same numbers as floats
  bool copied = false;             // W was copied into panels or int8 beforehand; forward form only
  Rounded rounded = Rounded::f32;  // only with `copied`

  std::string_view suffix() const {
    if (rounded != Rounded::f32) return rounded == Rounded::bf16 ? "bf16" : "int8";
    if (copied) return "panels";
    return stored == DType::f32 ? "" : name_of(stored);
  }
  std::string name() const {
    constexpr std::array names = {"x*W'", "dY*W", "dY'*X"};
    const std::string shape = fmt::format("{:<6}{}x{}x{}", names[static_cast<std::size_t>(form)], m, n, k);
    return suffix().empty() ? shape : fmt::format("{} {}", shape, suffix());
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
  for (const Rounded rounded : {Rounded::f32, Rounded::int8, Rounded::bf16}) {
    for (const Index tokens : {16, 128, 1024}) {
      for (const auto [in, out] : layers) all.push_back({Form::forward, tokens, out, in, DType::f32, true, rounded});
    }
  }
  return all;
}

Tensor random_tensor(const Shape& shape, std::uint32_t stream) {
  Tensor x(shape);
  fill_normal(x, 0, 1, {.seed = 1, .stream = stream});
  return x;
}

// The error of a correct result as a share of |a|·|b|. The sum of K rounded products has a deviation of |a|·|b|/√K
// times the deviation of one: about 0.2 % in bf16, and 1 to 1.5 % in int8 (docs/int8.md).
double allowed_error(Rounded rounded, Index k) {
  const double root = std::sqrt(static_cast<double>(k));
  if (rounded == Rounded::f32) return 4 * 0x1p-23 * root;
  return (rounded == Rounded::bf16 ? 0.02 : 0.08) / root;
}

// Whether about two hundred elements of C, from all rows and columns, are correct up to `allowed`·|a|·|b|.
bool is_right(const Problem& p, double allowed) {
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
    const double bound = allowed * std::sqrt(a_squares * b_squares);
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
  std::string_view name;
  std::function<void()> run;
  double fastest = INFINITY;  // seconds

  double gflops(double flops) const { return run ? flops / fastest * 1e-9 : NAN; }
};

// The ways of oneDNN, of which the fastest counts. Without VNNI it adds pairs of int8 products in 16 bits, which
// saturate.
std::vector<std::function<void()>> ways_of_onednn(const Case& shape, const Problem& p) {
  if (shape.rounded == Rounded::int8 && !has_int8_instructions(isa())) return {};
  if (shape.rounded != Rounded::f32) return {onednn_rounded_product(p, shape.rounded)};
  if (shape.copied) return {onednn_product(p, LayoutOfB::converted_before)};
  return {onednn_product(p, LayoutOfB::given), onednn_product(p, LayoutOfB::converted)};
}

using Rates = std::array<double, 3>;  // GFLOP/s of our kernel, oneDNN and Eigen; NaN without it

// Each side in its fastest round. All take turns in every round.
Rates measure(const Case& shape, const Problem& p, const std::function<void()>& ours, int threads) {
  set_num_threads(threads);
  const bool with_eigen = threads == 1 && shape.rounded == Rounded::f32;
  std::vector<Contestant> contestants = {{"ours", ours}};
  for (const auto& way : ways_of_onednn(shape, p)) contestants.push_back({"oneDNN", way});
  if (with_eigen) contestants.push_back({"Eigen", eigen_product(p)});
  double longest = 0;
  for (const Contestant& contestant : contestants) {
    if (!contestant.run) continue;
    std::fill_n(p.c, p.m * p.n, NAN);
    contestant.run();
    if (!is_right(p, allowed_error(shape.rounded, p.k))) {
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
  const auto best_of = [&](std::string_view name) {
    double best = NAN;
    for (const Contestant& contestant : contestants) {
      if (contestant.name == name) best = std::fmax(best, contestant.gflops(shape.flops()));
    }
    return best;
  };
  return {best_of("ours"), best_of("oneDNN"), best_of("Eigen")};
}

using Peaks = std::array<double, 2>;  // operations/s with one thread and with two

// Those of the instructions that multiply such factors; NaN if this CPU has none.
Peaks peaks_of(Rounded rounded) {
  if (rounded == Rounded::int8) return {int8_peak(1), int8_peak(2)};
  const DType dtype = rounded == Rounded::bf16 ? DType::bf16 : DType::f32;
  return {product_peak(dtype, 1), product_peak(dtype, 2)};
}

// "-" for a side that did not run, and for a share of an unknown peak.
std::string cell(double value, int decimals) {
  return std::isfinite(value) ? fmt::format("{:.{}f}", value, decimals) : "-";
}

void print_row(const Case& shape, const Rates& one, const Rates& two, const Peaks& peaks) {
  const auto half = [](const Rates& rates, double peak) {
    return fmt::format("{:>8} {:>3} {} {:>8} {:>5}", cell(rates[0], 1), cell(1e11 * rates[0] / peak, 0),
                       std::isfinite(peak) ? '%' : ' ', cell(rates[1], 1), cell(rates[0] / rates[1], 2));
  };
  fmt::print("{:<26}{} {:>8}  |{} {:>5}\n", shape.name(), half(one, peaks[0]), cell(one[2], 1), half(two, peaks[1]),
             cell(two[0] / one[0], 2));
}

// A line of JSON; a side that did not run is null.
void print_json(const Case& shape, const Rates& one, const Rates& two) {
  const auto number = [](double rate) { return std::isfinite(rate) ? fmt::format("{:.2f}", rate) : "null"; };
  fmt::print(R"({{"product": "{}", "m": {}, "n": {}, "k": {}, "ours": [{}, {}], "onednn": [{}, {}]}})"
             "\n",
             shape.name(), shape.m, shape.n, shape.k, number(one[0]), number(two[0]), number(one[1]), number(two[1]));
}

// With one thread and with two.
std::pair<Rates, Rates> rates_of(const Case& shape) {
  const bool a_transposed = shape.form == Form::dw, b_transposed = shape.form == Form::forward;
  const Tensor a = random_tensor(a_transposed ? Shape{shape.k, shape.m} : Shape{shape.m, shape.k}, 0);
  const Tensor stored =
      random_tensor(b_transposed ? Shape{shape.n, shape.k} : Shape{shape.k, shape.n}, 1).to(shape.stored);
  const Tensor b = stored.to(DType::f32);
  Tensor c({shape.m, shape.n});
  const Problem problem{shape.m,      shape.n,         shape.k,         a_transposed,
                        b_transposed, a.data<float>(), b.data<float>(), c.data<float>()};
  PackedWeight packed;
  packed.set_use(shape.rounded == Rounded::int8 ? WeightUse::int8 : WeightUse::panels);
  StoredWeight weight(stored);
  weight.packed = &packed;
  const Tensor x = shape.rounded == Rounded::bf16 ? a.to(DType::bf16) : a, bias = Tensor::zeros({shape.n});
  const auto ours = [&] {
    if (shape.copied) return kernels::matmul_weight(x, weight, bias, c);
    switch (shape.form) {
      case Form::forward:
        return kernels::matmul_transposed_b(a, stored, c, Output::replace);
      case Form::dx:
        return kernels::matmul(a, b, c, Output::replace);
      case Form::dw:
        return kernels::matmul_transposed_a(a, b, c, Output::replace);
    }
  };
  const Rates one = measure(shape, problem, ours, 1);
  return {one, measure(shape, problem, ours, 2)};
}

void print_header(const Peaks& peaks) {
  fmt::print("GFLOP/s with kernels for {}; registers only: {:.1f} with one thread, {:.1f} with two\n", name_of(isa()),
             peaks[0] * 1e-9, peaks[1] * 1e-9);
  fmt::print("{:<26}{:^37}  |{:^34}\n", "", "1 thread", "2 threads");
  fmt::print("{:<26}{:>8} {:>5} {:>8} {:>5} {:>8}  |{:>8} {:>5} {:>8} {:>5} {:>5}\n", "C, MxNxK", "ours", "peak",
             "oneDNN", "ratio", "Eigen", "ours", "peak", "oneDNN", "ratio", "gain");
}

// Whether a row is measured: without instructions for bf16 only if the pattern names it.
bool is_measured(const Case& shape, const std::string& pattern) {
  return shape.rounded != Rounded::bf16 || isa() == Isa::avx512_bf16 || pattern.find("bf16") != std::string::npos;
}

void run(const std::string& pattern, bool json) {
  std::map<Rounded, Peaks> peaks = {{Rounded::f32, peaks_of(Rounded::f32)}};
  if (!json) print_header(peaks[Rounded::f32]);
  bool has_bf16 = false;
  for (const Case& shape : cases()) {
    if (shape.name().find(pattern) == std::string::npos) continue;
    has_bf16 = has_bf16 || shape.rounded == Rounded::bf16;
    if (!is_measured(shape, pattern)) continue;
    if (!peaks.contains(shape.rounded)) peaks[shape.rounded] = peaks_of(shape.rounded);
    const auto [one, two] = rates_of(shape);
    if (json) {
      print_json(shape, one, two);
    } else {
      print_row(shape, one, two, peaks[shape.rounded]);
    }
    std::fflush(stdout);
  }
  if (has_bf16 && isa() != Isa::avx512_bf16 && !json) {
    fmt::print(
        "this CPU has no instructions for bf16: its products widen to f32, and only the pattern bf16 measures them\n");
  }
}

}  // namespace
}  // namespace mini_bert::bench

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  const bool json = !words.empty() && words.front() == "--json";
  if (words.size() > (json ? 2 : 1)) {
    fmt::print(stderr, "bench_matmul: expected at most one PATTERN, after --json if both are given\n");
    return 1;
  }
  mini_bert::bench::run(words.size() > (json ? 1 : 0) ? words.back() : "", json);
}
