#pragma once

#include <cmath>
#include <cstring>
#include <functional>
#include <limits>
#include <vector>

#include "mini_bert/autograd/gradcheck.h"
#include "mini_bert/autograd/tape.h"
#include "mini_bert/tensor/parallel.h"
#include "mini_bert/tensor/random.h"
#include "tests/catch.h"

// What the tests of all operations share. Like gradcheck, each check takes f, which computes the operation, and the
// Vars that f reads.
namespace mini_bert::testing {

using Op = std::function<Var()>;

// Rows and columns on both sides of vector widths (4, 8, 16) and of the 64 columns that one thread sums.
inline const std::vector<Shape> shapes = {{1, 3},  {1, 7},  {7, 3},  {3, 33}, {33, 2},
                                          {2, 65}, {65, 2}, {8, 16}, {5, 13}, {1, 129}};

inline Tensor random_tensor(const Shape& shape, DType dtype = DType::f64, std::uint32_t stream = 0) {
  Tensor x(shape, dtype);
  fill_normal(x, 0, 1, {.seed = 1, .step = static_cast<std::uint32_t>(shape.size()), .stream = stream});
  return x;
}

// A Var that wants a gradient; `stream` tells the inputs of one operation apart.
inline Var random_var(const Shape& shape, DType dtype = DType::f64, std::uint32_t stream = 0) {
  return Var(random_tensor(shape, dtype, stream), true);
}

inline Tensor ids(const std::vector<std::int32_t>& values) {
  return Tensor::from(values);
}

inline std::vector<double> doubles(const Tensor& x) {
  const Tensor converted = x.to(DType::f64);
  return {converted.values<double>().begin(), converted.values<double>().end()};
}

// How far a forward pass may be from the same formula in double.
inline double tolerance(DType dtype) {
  return dtype == DType::f64 ? 1e-13 : 1e-5;
}

// Largest |actual − expected| / max(1, |expected|); infinite when the sizes differ or something is not a number.
inline double difference(const Tensor& actual, const std::vector<double>& expected) {
  const std::vector<double> values = doubles(actual);
  if (values.size() != expected.size()) return std::numeric_limits<double>::infinity();
  double worst = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double error = std::abs(values[i] - expected[i]) / std::max(1.0, std::abs(expected[i]));
    if (std::isnan(error)) return std::numeric_limits<double>::infinity();
    worst = std::max(worst, error);
  }
  return worst;
}

inline bool all_finite(const Tensor& x) {
  for (const double value : doubles(x)) {
    if (!std::isfinite(value)) return false;
  }
  return true;
}

// The output and the gradients of a forward and a backward pass; an undefined tensor where there is no gradient.
inline std::vector<Tensor> run(const Op& f, std::vector<Var> inputs) {
  for (Var& input : inputs) input.clear_grad();
  Tape tape;
  const Var y = f();
  std::vector<Tensor> results = {y.value().clone()};
  tape.backward(y, random_tensor(y.shape(), y.dtype(), 99));
  for (const Var& input : inputs) results.push_back(input.grad().clone());
  return results;
}

inline bool same_bits(const Tensor& a, const Tensor& b) {
  return a.defined() == b.defined() && a.dtype() == b.dtype() && a.shape() == b.shape() &&
         (a.size() == 0 || std::memcmp(a.raw(), b.raw(), a.bytes()) == 0);
}

inline void check_gradients(const Op& f, const std::vector<Var>& inputs) {
  const GradcheckResult result = gradcheck(f, inputs);
  INFO(result.message);
  CHECK(result.passed);
}

// The inputs should be large enough to be divided among threads: more than 4096 elements.
inline void check_same_bits_with_any_threads(const Op& f, const std::vector<Var>& inputs) {
  const int before = num_threads();
  set_num_threads(1);
  const std::vector<Tensor> alone = run(f, inputs);
  for (const int threads : {2, 3, 8}) {
    set_num_threads(threads);
    const std::vector<Tensor> together = run(f, inputs);
    for (std::size_t i = 0; i < alone.size(); ++i) {
      CAPTURE(threads, i);  // 0 is the output, the others are gradients
      CHECK(alone[i].defined());
      CHECK(same_bits(alone[i], together[i]));
    }
  }
  set_num_threads(before);
}

// A second backward pass adds to the gradients of the first, and an input that wants no gradient gets none without
// changing those of the others.
inline void check_accumulation(const Op& f, const std::vector<Var>& inputs) {
  const std::vector<Tensor> once = run(f, inputs);
  {
    Tape tape;
    const Var y = f();
    tape.backward(y, random_tensor(y.shape(), y.dtype(), 99));
  }
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    std::vector<double> doubled = doubles(once[i + 1]);
    for (double& value : doubled) value *= 2;
    CAPTURE(i);
    CHECK(difference(inputs[i].grad(), doubled) < 10 * tolerance(inputs[i].dtype()));
  }
  for (std::size_t without = 0; inputs.size() > 1 && without < inputs.size(); ++without) {
    Var quiet = inputs[without];
    quiet.set_requires_grad(false);
    const std::vector<Tensor> results = run(f, inputs);
    quiet.set_requires_grad(true);
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      CAPTURE(without, i);
      CHECK(results[i + 1].defined() == (i != without));
      if (i != without) CHECK(same_bits(results[i + 1], once[i + 1]));
    }
  }
  // When no input wants a gradient, nothing is recorded.
  for (Var input : inputs) input.set_requires_grad(false);
  Tape tape;
  CHECK_FALSE(f().requires_grad());
  CHECK(tape.size() == 0);
  for (Var input : inputs) input.set_requires_grad(true);
}

}  // namespace mini_bert::testing
