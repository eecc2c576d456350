#pragma once

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "mini_bert/tensor/kernels/gradient.h"
#include "mini_bert/tensor/random.h"
#include "mini_bert/tensor/simd/kernels.h"
#include "tests/catch.h"
#include "tests/tensor/guarded_array.h"

// What the tests of the loops share: each is held to the definition in double, over arrays that end where memory ends.
namespace mini_bert::simd {
namespace {

using kernels::Gradient;
using kernels::Output;
using testing::Edge;
using testing::GuardedArray;

inline constexpr float infinity = std::numeric_limits<float>::infinity(), nan = std::numeric_limits<float>::quiet_NaN();
inline constexpr RandomKey key = {.seed = 8, .step = 9, .stream = 10};

template <class T>
struct NamedLoops {
  std::string name;
  Loops<T> loops;
};

// Those of every instruction set that this program can run.
template <class T>
inline std::vector<NamedLoops<T>> all_loops() {
  std::vector<NamedLoops<T>> all;
  for (const Isa isa : {Isa::neon, Isa::simd128, Isa::avx2, Isa::avx512}) {
    const Kernels* const kernels = kernels_for(isa);
    if (kernels == nullptr) continue;
    if constexpr (std::is_same_v<T, float>) {
      all.push_back({std::string(name_of(isa)), kernels->f32});
    } else {
      all.push_back({std::string(name_of(isa)), kernels->bf16});
    }
  }
  return all;
}

// Calls f with each set of loops over float and over BFloat16.
template <class F>
void for_all_loops(const F& f) {
  for (const auto& [name, loops] : all_loops<float>()) f.template operator()<float>("f32 " + name, loops);
  for (const auto& [name, loops] : all_loops<BFloat16>()) f.template operator()<BFloat16>("bf16 " + name, loops);
}

template <class T>
GuardedArray<T> random_array(Index n, std::uint32_t stream, Edge edge = Edge::back) {
  RandomSequence random({.seed = 1, .step = static_cast<std::uint32_t>(n), .stream = stream});
  GuardedArray<T> array(static_cast<std::size_t>(n), edge);
  for (T& value : array) value = static_cast<T>(static_cast<float>(random.normal()));
  return array;
}

template <class T>
Tensor f64(const GuardedArray<T>& x, const Shape& shape) {
  Tensor tensor(shape, DType::f64);
  for (std::size_t i = 0; i < x.size(); ++i)
    tensor.values<double>()[i] = static_cast<double>(static_cast<float>(x.data()[i]));
  return tensor;
}
template <class T>
Tensor f64(const GuardedArray<T>& x) {
  return f64(x, {static_cast<Index>(x.size())});
}

// The arithmetic is f32; then the result is rounded to T. `roundings` counts how often.
template <class T>
double tolerance(int roundings = 1) {
  return std::is_same_v<T, float> ? 4e-6 : 0x1p-8 * roundings + 1e-5;
}

// Largest |x − expected| / max(1, |expected|) of neighbouring rows; infinite when only one of two is a number.
template <class T>
double difference(const GuardedArray<T>& x, const Tensor& expected) {
  double worst = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double value = static_cast<double>(static_cast<float>(x.data()[i])), wanted = expected.values<double>()[i];
    if (std::isnan(value) && std::isnan(wanted)) continue;
    const double error = value == wanted ? 0 : std::abs(value - wanted) / std::max(1.0, std::abs(wanted));
    worst = std::isnan(error) ? infinity : std::max(worst, error);
  }
  return worst;
}

inline const std::vector<Index> lengths = {1, 3, 7, 8, 9, 15, 16, 17, 31, 33, 64, 65, 130, 511, 513, 768, 3072};

// loop(accumulate, dx) is checked against definition(gradient), once on memory that is not initialised, once added to
// what is there.
template <class T, class Loop, class Definition>
void check_gradient(Index n, const Loop& loop, const Definition& definition) {
  for (const bool accumulate : {false, true}) {
    GuardedArray<T> dx = random_array<T>(n, 77);
    Tensor expected = f64(dx);
    if (!accumulate) std::fill(dx.begin(), dx.end(), T(nan));
    definition(Gradient(expected, accumulate ? Output::accumulate : Output::replace));
    loop(accumulate, dx.data());
    CAPTURE(accumulate);
    CHECK(difference(dx, expected) < tolerance<T>());
  }
}

}  // namespace
}  // namespace mini_bert::simd
