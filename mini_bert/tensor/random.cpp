#include "mini_bert/tensor/random.h"

#include <cmath>
#include <numbers>
#include <numeric>

namespace mini_bert {

std::uint64_t seed_for(std::uint64_t seed, std::string_view use) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const char c : use) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return seed ^ hash;
}

std::array<std::uint32_t, 4> philox(const RandomKey& key, std::uint64_t index) {
  constexpr std::uint64_t multiplier_0 = 0xD2511F53u, multiplier_1 = 0xCD9E8D57u;
  constexpr std::uint32_t weyl_0 = 0x9E3779B9u, weyl_1 = 0xBB67AE85u;
  std::array<std::uint32_t, 4> x = {static_cast<std::uint32_t>(index), static_cast<std::uint32_t>(index >> 32),
                                    key.step, key.stream};
  auto k0 = static_cast<std::uint32_t>(key.seed), k1 = static_cast<std::uint32_t>(key.seed >> 32);
  for (int round = 0; round < 10; ++round, k0 += weyl_0, k1 += weyl_1) {
    const std::uint64_t product_0 = multiplier_0 * x[0], product_1 = multiplier_1 * x[2];
    x = {static_cast<std::uint32_t>(product_1 >> 32) ^ x[1] ^ k0, static_cast<std::uint32_t>(product_1),
         static_cast<std::uint32_t>(product_0 >> 32) ^ x[3] ^ k1, static_cast<std::uint32_t>(product_0)};
  }
  return x;
}

std::uint32_t RandomSequence::next() {
  if (used_ == 4) {
    words_ = philox(key_, index_++);
    used_ = 0;
  }
  return words_[used_++];
}

std::uint32_t RandomSequence::below(std::uint32_t limit) {
  require(limit > 0, "random: below() needs a limit above 0");
  // Values from the incomplete last block of `limit` would make small results more likely, so they are drawn again.
  const std::uint32_t unfair = -limit % limit;
  std::uint32_t bits = next();
  while (bits < unfair) bits = next();
  return bits % limit;
}

double RandomSequence::normal() {
  const double u = 1.0 - uniform(), v = uniform();  // u in (0, 1]
  return std::sqrt(-2.0 * std::log(u)) * std::cos(2.0 * std::numbers::pi * v);
}

void fill_normal(Tensor& x, double mean, double deviation, const RandomKey& key) {
  RandomSequence random(key);
  visit_float(x.dtype(), [&]<class Element>() {
    for (Element& value : x.values<Element>()) value = static_cast<Element>(mean + deviation * random.normal());
  });
}

std::vector<Index> random_permutation(Index n, const RandomKey& key) {
  std::vector<Index> order(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), Index{0});
  RandomSequence random(key);
  for (Index i = n - 1; i > 0; --i) std::swap(order[i], order[random.below(static_cast<std::uint32_t>(i + 1))]);
  return order;
}

}  // namespace mini_bert
