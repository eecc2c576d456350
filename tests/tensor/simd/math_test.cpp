#include "mini_bert/tensor/simd/math.h"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "mini_bert/tensor/kernels/dropout.h"
#include "mini_bert/tensor/simd/isa.h"
#include "tests/catch.h"
#include "tests/tensor/simd/math_functions.h"

namespace mini_bert::simd {
namespace {

constexpr float infinity = std::numeric_limits<float>::infinity(), nan = std::numeric_limits<float>::quiet_NaN();

struct Named {
  std::string name;
  MathFunctions functions;
};

// Those of every instruction set that this program can run.
std::vector<Named> all_functions() {
  std::vector<Named> all;
#if defined(__aarch64__) || defined(MINI_BERT_EMULATE_SIMD)
  all.push_back({"neon", math_neon()});
#endif
#if defined(__wasm_simd128__) || defined(MINI_BERT_EMULATE_SIMD)
  all.push_back({"simd128", math_simd128()});
#endif
#if defined(__x86_64__)
  if (has(Isa::avx2)) all.push_back({"avx2", math_avx2()});
  if (has(Isa::avx512)) all.push_back({"avx512", math_avx512()});
#endif
  return all;
}

// About `count` floats from −limit to limit, denormals and ±0 among them: every so many of their bit patterns.
std::vector<float> floats_up_to(float limit, std::uint32_t count) {
  std::vector<float> values;
  const std::uint32_t last = std::bit_cast<std::uint32_t>(limit), step = 2 * (last / count) + 1;
  for (std::uint32_t word = 0; word < last; word += step) {
    values.push_back(std::bit_cast<float>(word));
    values.push_back(-values.back());
  }
  values.insert(values.end(), {limit, -limit});
  return values;
}

// The distance of y from f(x) in units of the last place of a float of that size; results below the normal floats count
// in units of the least of these.
double error_in_ulp(float y, double expected) {
  if (std::isnan(expected) || std::isnan(y)) return std::isnan(expected) && std::isnan(y) ? 0 : infinity;
  if (std::isinf(y)) return static_cast<float>(expected) == y ? 0 : infinity;
  const int exponent = expected == 0 ? -126 : std::max(std::ilogb(expected), -126);
  return std::abs(y - expected) / std::ldexp(1.0, exponent - 23);
}

// The error that a function may have with a fused multiply-add, and on simd128, which has none.
struct MostUlp {
  double fused, rounded_twice;
};

void check_function(MathFunctions::Function MathFunctions::*function, double (*expected)(double), float limit,
                    MostUlp most_ulp) {
  const std::vector<float> x = floats_up_to(limit, 200'000);
  REQUIRE(x.size() > 100'000);
  for (const Named& set : all_functions()) {
    std::vector<float> y(x.size());
    (set.functions.*function)(x.data(), static_cast<Index>(x.size()), y.data());
    double worst = 0;
    std::size_t where = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double error = error_in_ulp(y[i], expected(x[i]));
      if (error > worst) worst = error, where = i;
    }
    CAPTURE(set.name, x[where], y[where]);
    CHECK(worst <= (set.name == "simd128" ? most_ulp.rounded_twice : most_ulp.fused));
  }
}

std::vector<float> values_of(const Named& set, MathFunctions::Function MathFunctions::*function,
                             const std::vector<float>& x) {
  std::vector<float> y(x.size());
  (set.functions.*function)(x.data(), static_cast<Index>(x.size()), y.data());
  return y;
}

bool same_floats(const std::vector<float>& a, const std::vector<float>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](float x, float y) {
    return (std::isnan(x) && std::isnan(y)) || std::bit_cast<std::uint32_t>(x) == std::bit_cast<std::uint32_t>(y);
  });
}

TEST_CASE("exp, erf, tanh and log are as near as they say", "[simd]") {
  check_function(&MathFunctions::exp, std::exp, 87.3f, {1.02, 1.02});
  check_function(&MathFunctions::erf, std::erf, 3e38f, {6.0, 6.4});
  check_function(&MathFunctions::tanh, std::tanh, 3e38f, {5.5, 6.5});
  check_function(&MathFunctions::log, std::log, 3e38f, {0.82, 0.82});
}

TEST_CASE("exp, erf, tanh and log where numbers end", "[simd]") {
  for (const Named& set : all_functions()) {
    CAPTURE(set.name);
    CHECK(same_floats(values_of(set, &MathFunctions::exp, {0, -0.0f, -87.4f, -infinity, 88.4f, infinity, nan}),
                      {1, 1, 0, 0, infinity, infinity, nan}));
    CHECK(same_floats(values_of(set, &MathFunctions::erf, {0, -0.0f, 4, -4, infinity, -infinity, nan}),
                      {0, -0.0f, 1, -1, 1, -1, nan}));
    CHECK(same_floats(values_of(set, &MathFunctions::tanh, {0, -0.0f, 1e-42f, 10, -10, infinity, -infinity, nan}),
                      {0, -0.0f, 1e-42f, 1, -1, 1, -1, nan}));
    CHECK(same_floats(values_of(set, &MathFunctions::log, {1, 0, -0.0f, -1e-42f, -1, -infinity, infinity, nan, -nan}),
                      {0, -infinity, -infinity, nan, nan, nan, infinity, nan, nan}));
  }
}

TEST_CASE("dropout factors are those of the definition, from any element on", "[simd][dropout]") {
  const std::vector<RandomKey> keys = {{}, {.seed = 0x299f31d0a4093822, .step = 7, .stream = ~0u}};
  // The second begins in the middle of a counter; at the last the lower half of the counter overflows among the lanes.
  for (const std::uint64_t first :
       {std::uint64_t{0}, std::uint64_t{5}, std::uint64_t{1} << 40, (std::uint64_t{1} << 34) - 22}) {
    for (const Index count : {0, 1, 3, 7, 8, 9, 31, 32, 33, 64, 65, 127, 130, 1000}) {
      for (const double p : {0.0, 0.1, 0.5, 0.9}) {
        for (const RandomKey& key : keys) {
          std::vector<float> expected(static_cast<std::size_t>(count));
          kernels::dropout_mask(p, key, first, count, expected.data());
          for (const Named& set : all_functions()) {
            std::vector<float> factors(expected.size() + 1, -7.0f);  // the last must stay as it is
            set.functions.dropout_factors(p, key, first, count, factors.data());
            CAPTURE(set.name, first, count, p, key.seed);
            CHECK(factors.back() == -7.0f);
            factors.pop_back();
            CHECK(factors == expected);
          }
        }
      }
    }
  }
}

TEST_CASE("bfloat16 memory: every value widened, floats rounded as BFloat16 does", "[simd][bf16]") {
  std::vector<BFloat16> halves(0x10000);
  for (std::uint32_t i = 0; i < 0x10000; ++i) halves[i].bits = static_cast<std::uint16_t>(i);
  // Around every half, and halfway between it and its neighbours.
  std::vector<float> floats;
  for (std::uint32_t i = 0; i < 0x10000; i += 3) {
    for (const std::uint32_t low : {0u, 1u, 0x7fffu, 0x8000u, 0x8001u, 0xffffu}) {
      floats.push_back(std::bit_cast<float>((i << 16) | low));
    }
  }
  for (const Named& set : all_functions()) {
    CAPTURE(set.name);
    std::vector<float> widened(halves.size());
    set.functions.widen(halves.data(), static_cast<Index>(halves.size()), widened.data());
    bool same = true;
    for (std::uint32_t i = 0; i < 0x10000; ++i) same = same && std::bit_cast<std::uint32_t>(widened[i]) == i << 16;
    CHECK(same);

    std::vector<BFloat16> narrowed(floats.size());
    set.functions.narrow(floats.data(), static_cast<Index>(floats.size()), narrowed.data());
    same = true;
    for (std::size_t i = 0; i < floats.size(); ++i) same = same && narrowed[i].bits == BFloat16(floats[i]).bits;
    CHECK(same);

    for (Index n = 1; n <= 17; ++n) {  // nothing behind the last is written
      std::vector<BFloat16> some(static_cast<std::size_t>(n) + 1, BFloat16(-7.0f));
      set.functions.narrow(floats.data(), n, some.data());
      CHECK(static_cast<float>(some[static_cast<std::size_t>(n)]) == -7.0f);
      CHECK(some[static_cast<std::size_t>(n) - 1].bits == BFloat16(floats[static_cast<std::size_t>(n) - 1]).bits);
    }
  }
}

TEST_CASE("float16 memory: every value widened, from any part of a register", "[simd]") {
  std::vector<Float16> halves(0x10000);
  for (std::uint32_t i = 0; i < 0x10000; ++i) halves[i].bits = static_cast<std::uint16_t>(i);
  const auto same = [](float actual, Float16 half) {
    const auto expected = static_cast<float>(half);
    return std::isnan(expected) ? std::isnan(actual)
                                : std::bit_cast<std::uint32_t>(actual) == std::bit_cast<std::uint32_t>(expected);
  };
  for (const Named& set : all_functions()) {
    for (const Index n : {0x10000, 1, 2, 3, 5, 7, 9, 13, 15, 17}) {
      std::vector<float> widened(static_cast<std::size_t>(n));
      set.functions.widen_f16(halves.data() + 0x10000 - n, n, widened.data());
      CAPTURE(set.name, n);
      CHECK(std::ranges::equal(widened, std::span(halves).last(widened.size()), same));
    }
  }
}

}  // namespace
}  // namespace mini_bert::simd
