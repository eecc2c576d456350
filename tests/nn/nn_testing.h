#pragma once

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "mini_bert/nn/module.h"
#include "mini_bert/tensor/random.h"

namespace mini_bert::test {

inline Tensor normal(const Shape& shape, DType dtype, std::uint64_t seed) {
  Tensor x(shape, dtype);
  fill_normal(x, 0, 1, {.seed = seed});
  return x;
}

// Fills every parameter with numbers that are neither 0 nor 1, so that leaving one out shows.
inline void randomize(const Module& module, std::uint64_t seed, double deviation = 0.5) {
  RandomKey key{.seed = seed};
  for (const Parameter& parameter : module.parameters()) {
    Tensor value = parameter.value();
    fill_normal(value, parameter.role == Role::scale ? 1 : 0, deviation, key);
    ++key.stream;
  }
}

inline bool same_bits(const Tensor& a, const Tensor& b) {
  return a.shape() == b.shape() && a.dtype() == b.dtype() && std::memcmp(a.raw(), b.raw(), a.bytes()) == 0;
}

// max |a − b| / max |b|.
inline double relative_error(const Tensor& a, const Tensor& b) {
  require(a.shape() == b.shape(), "test: {} is compared with {}", a.shape(), b.shape());
  const Tensor x = a.to(DType::f64), y = b.to(DType::f64);
  double error = 0, scale = 0;
  for (Index i = 0; i < x.size(); ++i) {
    const double difference = std::abs(x.data<double>()[i] - y.data<double>()[i]);
    error = std::isnan(difference) ? difference : std::max(error, difference);
    scale = std::max(scale, std::abs(y.data<double>()[i]));
  }
  return scale > 0 ? error / scale : error;
}

inline std::vector<Tensor> values_of(const std::vector<Parameter>& parameters) {
  std::vector<Tensor> values;
  for (const Parameter& parameter : parameters) values.push_back(parameter.value().clone());
  return values;
}

inline std::vector<Tensor> grads_of(const std::vector<Parameter>& parameters) {
  std::vector<Tensor> grads;
  for (const Parameter& parameter : parameters) grads.push_back(parameter.grad().clone());
  return grads;
}

inline bool same_bits(const std::vector<Tensor>& a, const std::vector<Tensor>& b) {
  return std::ranges::equal(a, b, [](const Tensor& x, const Tensor& y) { return same_bits(x, y); });
}

inline std::vector<std::string> paths_of(const std::vector<Parameter>& parameters) {
  std::vector<std::string> paths;
  for (const Parameter& parameter : parameters) paths.push_back(parameter.path);
  return paths;
}

}  // namespace mini_bert::test
