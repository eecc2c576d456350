#pragma once

#include <cmath>
#include <cstring>
#include <vector>

#include "mini_bert/tensor/kernels/matmul_blocked.h"
#include "mini_bert/tensor/random.h"
#include "tests/tensor/guarded_memory.h"

// Operands of products at the edge of forbidden memory, and what the product must be.
namespace mini_bert::kernels {

inline float read(const std::byte* data, DType dtype, Index i) {
  if (dtype == DType::f32) return reinterpret_cast<const float*>(data)[i];
  if (dtype == DType::f16) return static_cast<float>(reinterpret_cast<const Float16*>(data)[i]);
  return static_cast<float>(reinterpret_cast<const BFloat16*>(data)[i]);
}
inline void write(std::byte* data, DType dtype, Index i, float value) {
  if (dtype == DType::f32) {
    reinterpret_cast<float*>(data)[i] = value;
  } else if (dtype == DType::f16) {
    reinterpret_cast<Float16*>(data)[i] = Float16(value);
  } else {
    reinterpret_cast<BFloat16*>(data)[i] = BFloat16(value);
  }
}

// A matrix whose rows are `gap` elements apart, which are NaN: whoever uses one spoils the result.
class GuardedMatrix {
 public:
  explicit GuardedMatrix(Index most_elements) : memory_(static_cast<std::size_t>(most_elements) * sizeof(float)) {}

  void place(Index rows, Index cols, Index gap, DType dtype, bool at_end) {
    rows_ = rows, cols_ = cols, ld_ = cols + gap, dtype_ = dtype;
    const Index elements = (rows - 1) * ld_ + cols;
    data_ = memory_.place(static_cast<std::size_t>(elements) * size_of(dtype), at_end);
    for (Index i = 0; i < elements; ++i) write(data_, dtype, i, NAN);
  }
  void fill(RandomSequence& random) {
    for (Index i = 0; i < rows_; ++i) {
      for (Index j = 0; j < cols_; ++j) {
        write(data_, dtype_, i * ld_ + j, static_cast<float>(random.below(2001)) * 1e-3f - 1.0f);
      }
    }
  }

  float at(Index i, Index j) const { return read(data_, dtype_, i * ld_ + j); }
  bool gaps_are_nan() const {
    for (Index i = 0; i + 1 < rows_; ++i) {
      for (Index j = cols_; j < ld_; ++j) {
        if (!std::isnan(at(i, j))) return false;
      }
    }
    return true;
  }
  std::byte* data() const { return data_; }
  Index ld() const { return ld_; }
  DType dtype() const { return dtype_; }

 private:
  testing::GuardedMemory memory_;
  std::byte* data_ = nullptr;
  Index rows_ = 0, cols_ = 0, ld_ = 0;
  DType dtype_ = DType::f32;
};

struct Variant {
  bool a_transposed, b_transposed, accumulate, bias, at_end;
  Index gap;
  DType a = DType::f32, b = DType::f32, c = DType::f32;
  bool rounded = false;

  // Every combination of the flags, in turn.
  static Variant number(unsigned i) {
    return {(i & 1) != 0, (i & 2) != 0, (i & 4) != 0, (i & 4) == 0 && (i & 8) != 0, (i & 16) != 0, i % 3};
  }
};

// Runs one product and returns the largest |error| as a share of what is allowed; ∞ when memory between rows changed.
class ProductCheck {
 public:
  explicit ProductCheck(Index most_elements)
      : a_(most_elements), b_(most_elements), c_(most_elements), bias_(most_elements) {}

  double run(const simd::Kernels& simd, Index m, Index n, Index k, const Variant& v) {
    place(a_, v.a_transposed, m, k, v, v.a);
    place(b_, v.b_transposed, k, n, v, v.b);
    place(c_, false, m, n, v, v.c);
    bias_.place(1, n, 0, DType::f32, v.at_end);
    bias_.fill(random_);
    const std::vector<double> a = factor(a_, v.a_transposed, m, k, v), b = factor(b_, !v.b_transposed, n, k, v);
    std::vector<double> base(static_cast<std::size_t>(m * n));
    for (Index i = 0; i < m * n; ++i) {
      base[static_cast<std::size_t>(i)] = v.accumulate ? c_.at(i / n, i % n) : v.bias ? bias_.at(0, i % n) : 0.0;
    }
    matmul_blocked(simd, {.m = m,
                          .n = n,
                          .k = k,
                          .a = {a_.data(), v.a, a_.ld(), v.a_transposed},
                          .b = {b_.data(), v.b, b_.ld(), v.b_transposed},
                          .c = c_.data(),
                          .c_dtype = v.c,
                          .ldc = c_.ld(),
                          .output = v.accumulate ? Output::accumulate : Output::replace,
                          .rounded = v.rounded,
                          .bias = v.bias ? reinterpret_cast<const float*>(bias_.data()) : nullptr});
    return c_.gaps_are_nan() ? worst(a, b, base, m, n, k, v.c) : INFINITY;
  }

 private:
  void place(GuardedMatrix& x, bool transposed, Index rows, Index cols, const Variant& v, DType dtype) {
    x.place(transposed ? cols : rows, transposed ? rows : cols, v.gap, dtype, v.at_end);
    x.fill(random_);
  }

  // [count,k] as doubles.
  static std::vector<double> factor(const GuardedMatrix& x, bool transposed, Index count, Index k, const Variant& v) {
    std::vector<double> values;
    for (Index i = 0; i < count; ++i) {
      for (Index j = 0; j < k; ++j) {
        const float value = transposed ? x.at(j, i) : x.at(i, j);
        values.push_back(v.rounded ? static_cast<float>(BFloat16(value)) : value);
      }
    }
    return values;
  }

  // Allowed: 4·eps·√K·|a|·|b|, as much again as rounding the base costs, and half a unit of a bf16 result.
  double worst(const std::vector<double>& a, const std::vector<double>& b, const std::vector<double>& base, Index m,
               Index n, Index k, DType dtype) const {
    constexpr double eps = 0x1p-23;
    double worst = 0;
    for (Index i = 0; i < m; ++i) {
      for (Index j = 0; j < n; ++j) {
        const double* const a_i = a.data() + i * k;
        const double* const b_j = b.data() + j * k;
        double sum = 0, a_squares = 0, b_squares = 0;
        for (Index t = 0; t < k; ++t) {
          sum += a_i[t] * b_j[t];
          a_squares += a_i[t] * a_i[t];
          b_squares += b_j[t] * b_j[t];
        }
        const double start = base[static_cast<std::size_t>(i * n + j)], expected = start + sum;
        double allowed = 4 * eps * std::sqrt(static_cast<double>(k) * a_squares * b_squares) + eps * std::abs(start);
        if (dtype == DType::bf16) allowed += 0x1p-8 * std::abs(expected);
        const double error = std::abs(static_cast<double>(c_.at(i, j)) - expected) / (allowed + 1e-30);
        worst = std::isnan(error) ? INFINITY : std::max(worst, error);
      }
    }
    return worst;
  }

  RandomSequence random_{{.seed = 3}};
  GuardedMatrix a_, b_, c_, bias_;
};

}  // namespace mini_bert::kernels
