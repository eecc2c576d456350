#include "mini_bert/tensor/random.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "tests/catch.h"

namespace mini_bert {
namespace {

using Words = std::array<std::uint32_t, 4>;

TEST_CASE("Philox 4x32-10 gives the known answers of its authors", "[random]") {
  // Counter words are index low, index high, step, stream; key words seed low, seed high.
  CHECK(philox({0, 0, 0}, 0) == Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  CHECK(philox({~0ull, ~0u, ~0u}, ~0ull) == Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  const RandomKey pi = {.seed = 0x299f31d0a4093822, .step = 0x13198a2e, .stream = 0x03707344};
  CHECK(philox(pi, 0x85a308d3243f6a88) == Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("every part of the key matters", "[random]") {
  const std::set<Words> draws = {philox({0, 0, 0}, 0),         philox({1, 0, 0}, 0), philox({1ull << 32, 0, 0}, 0),
                                 philox({0, 1, 0}, 0),         philox({0, 0, 1}, 0), philox({0, 0, 0}, 1),
                                 philox({0, 0, 0}, 1ull << 32)};
  CHECK(draws.size() == 7);
}

TEST_CASE("a sequence reads the stream from its beginning", "[random]") {
  const RandomKey key = {.seed = 3, .step = 4, .stream = 5};
  RandomSequence sequence(key), uniforms(key);
  bool same = true;
  for (std::uint64_t i = 0; i < 41; ++i) {
    same = same && sequence.next() == philox(key, i / 4)[i % 4];
    same = same && uniforms.uniform() == uniform(key, i);
  }
  CHECK(same);
}

TEST_CASE("uniform numbers lie in [0, 1) and are spread evenly", "[random]") {
  CHECK(uniform_from_bits(0) == 0);
  CHECK(uniform_from_bits(~0u) == 1 - 0x1p-24f);
  constexpr int n = 1'000'000;
  RandomSequence random({.seed = 11});
  double sum = 0, sum_of_squares = 0, product_with_next = 0, last = 0.5;
  bool inside = true;
  for (int i = 0; i < n; ++i) {
    const double u = random.uniform();
    inside = inside && 0 <= u && u < 1;
    sum += u - 0.5;
    sum_of_squares += (u - 0.5) * (u - 0.5);
    product_with_next += (u - 0.5) * (last - 0.5);
    last = u;
  }
  CHECK(inside);
  // Five standard errors: of the mean √(1/12n), of the variance √(1/180n), of the covariance √(1/144n).
  CHECK(std::abs(sum / n) < 5 * std::sqrt(1.0 / 12 / n));
  CHECK(std::abs(sum_of_squares / n - 1.0 / 12) < 5 * std::sqrt(1.0 / 180 / n));
  CHECK(std::abs(product_with_next / n) < 5 * std::sqrt(1.0 / 144 / n));
}

TEST_CASE("below() gives every value equally often", "[random]") {
  CHECK_THROWS_WITH(RandomSequence({}).below(0), ContainsSubstring("limit above 0"));
  for (const std::uint32_t limit : {1u, 2u, 7u, 100u, 1009u}) {
    CAPTURE(limit);
    RandomSequence random({.seed = limit});
    const double expected = 500;
    std::vector<int> count(limit);
    for (int i = 0; i < static_cast<int>(limit * expected); ++i) ++count.at(random.below(limit));
    double chi_square = 0;  // mean limit−1, deviation √(2(limit−1))
    for (const int c : count) chi_square += (c - expected) * (c - expected) / expected;
    CHECK(chi_square <= limit - 1 + 4 * std::sqrt(2.0 * (limit - 1)));
  }
}

TEST_CASE("below() does not favour small values under a limit that does not divide 2³²", "[random]") {
  // bits % (3·2³⁰) alone would fall into the lowest third half of the time.
  constexpr std::uint32_t limit = 3u << 30;
  RandomSequence random({.seed = 5});
  int lowest_third = 0;
  for (int i = 0; i < 30'000; ++i) lowest_third += random.below(limit) < (1u << 30);
  CHECK(std::abs(lowest_third - 10'000) < 5 * std::sqrt(30'000 * 2.0 / 9));
}

TEST_CASE("seed_for is FNV-1a of the use, on top of the seed", "[random]") {
  CHECK(seed_for(0, "") == 0xcbf29ce484222325u);
  CHECK(seed_for(0, "a") == 0xaf63dc4c8601ec8cu);
  CHECK(seed_for(0, "foobar") == 0x85944171f73967e8u);
  CHECK(seed_for(42, "order") == (42 ^ seed_for(0, "order")));
  CHECK(seed_for(42, "order") != seed_for(42, "masks"));
}

TEST_CASE("normal numbers have the moments of the normal distribution", "[random]") {
  constexpr int n = 1'000'000;
  Tensor x({n}, DType::f64);
  fill_normal(x, 3, 2, {.seed = 7});
  std::array<double, 5> moment{};
  for (const double value : x.values<double>()) {
    const double z = (value - 3) / 2;
    for (int k = 1; k <= 4; ++k) moment[k] += std::pow(z, k) / n;
  }
  // Var(zᵏ) = (2k−1)!! − E[zᵏ]²: 1, 2, 15, 96; five standard errors.
  CHECK(std::abs(moment[1]) < 5 * std::sqrt(1.0 / n));
  CHECK(std::abs(moment[2] - 1) < 5 * std::sqrt(2.0 / n));
  CHECK(std::abs(moment[3]) < 5 * std::sqrt(15.0 / n));
  CHECK(std::abs(moment[4] - 3) < 5 * std::sqrt(96.0 / n));

  Tensor same({n}, DType::f32);
  fill_normal(same, 3, 2, {.seed = 7});
  CHECK(same.values<float>()[999] == static_cast<float>(x.values<double>()[999]));
  Tensor integers({4}, DType::i32);
  CHECK_THROWS_AS(fill_normal(integers, 0, 1, {}), Error);
}

TEST_CASE("a permutation holds every index once and depends on its key", "[random]") {
  CHECK(random_permutation(0, {}).empty());
  CHECK(random_permutation(1, {}) == std::vector<Index>{0});
  const auto order = random_permutation(1000, {.seed = 1});
  CHECK(random_permutation(1000, {.seed = 1}) == order);
  CHECK(random_permutation(1000, {.seed = 2}) != order);
  CHECK(random_permutation(1000, {.seed = 1, .step = 1}) != order);
  auto sorted = order;
  std::ranges::sort(sorted);
  bool every_index = true;
  for (Index i = 0; i < 1000; ++i) every_index = every_index && sorted[i] == i;
  CHECK(every_index);
}

TEST_CASE("all orders are equally likely", "[random]") {
  std::array<int, 64> count{};
  constexpr int draws = 24'000, expected = draws / 24;
  for (std::uint32_t step = 0; step < draws; ++step) {
    const auto order = random_permutation(4, {.seed = 13, .step = step});
    ++count[order[0] * 16 + order[1] * 4 + order[2]];
  }
  double chi_square = 0;  // 24 orders: mean 23, deviation √46
  int seen = 0;
  for (const int c : count) {
    if (c == 0) continue;
    ++seen;
    chi_square += static_cast<double>(c - expected) * (c - expected) / expected;
  }
  CHECK(seen == 24);
  CHECK(chi_square < 23 + 4 * std::sqrt(46.0));
}

}  // namespace
}  // namespace mini_bert
