#include "mini_bert/tensor/kernels/matmul.h"

#include "mini_bert/tensor/eigen.h"
#include "mini_bert/tensor/kernels/matmul_packed.h"
#include "mini_bert/tensor/parallel.h"

namespace mini_bert::kernels {
namespace {

// By default, Eigen chooses block sizes from the caches that it detects. Fixed sizes give the same order of summation,
// and so the same bits, on every machine with the same instruction set.
[[maybe_unused]] const bool cache_sizes_are_fixed = (Eigen::setCpuCacheSizes(32 << 10, 512 << 10, 4 << 20), true);

// Computes C in tiles of fixed size. One thread computes a whole tile, so no sum is split and the result does not
// depend on the number of threads.
template <class Lhs, class Rhs, class Result>
void product(const Lhs& a, const Rhs& b, Result c, Output output) {
  constexpr Index tile_rows = 128, tile_cols = 512;
  const Index row_tiles = (c.rows() + tile_rows - 1) / tile_rows, col_tiles = (c.cols() + tile_cols - 1) / tile_cols;
  parallel_for(row_tiles * col_tiles, 1, [&](Index tile) {
    const Index row = tile / col_tiles * tile_rows, col = tile % col_tiles * tile_cols;
    const Index rows = std::min(tile_rows, c.rows() - row), cols = std::min(tile_cols, c.cols() - col);
    auto target = c.block(row, col, rows, cols);
    if (output == Output::replace) target.setZero();
    target.noalias() += a.middleRows(row, rows) * b.middleCols(col, cols);
  });
}

bool is_half(const Tensor& x) {
  return x.dtype() == DType::bf16 || x.dtype() == DType::f16;
}

// Whether the factors are rounded to bfloat16. A weight does not influence this (matmul.h).
bool rounds(const Tensor& a, const Tensor& b) {
  return a.dtype() == DType::bf16 || b.dtype() == DType::bf16;
}
bool rounds_with_weight(const Tensor& x) {
  return x.dtype() == DType::bf16;
}

// The weight in a storage that products can read. A weight in another storage is widened.
Tensor readable(const StoredWeight& weight) {
  const WeightStorage* const storage = storage_of(weight.dtype());
  return storage == nullptr || storage->in_products ? weight.values : widened(weight);
}

// The same product with the SIMD kernels of this CPU. Returns false when the CPU has no kernels for it.
bool fast_product(const Tensor& a, bool a_transposed, const Tensor& b, bool b_transposed, bool rounded,
                  const float* bias, Tensor& c, Output output) {
  const simd::Kernels* const simd = simd::kernels();
  if (simd == nullptr || a.dtype() == DType::f64) return false;
  matmul_blocked(*simd, {.m = c.rows(),
                         .n = c.cols(),
                         .k = a_transposed ? a.rows() : a.cols(),
                         .a = {a.raw(), a.dtype(), a.cols(), a_transposed},
                         .b = {b.raw(), b.dtype(), b.cols(), b_transposed},
                         .c = c.raw(),
                         .c_dtype = c.dtype(),
                         .ldc = c.cols(),
                         .output = output,
                         .rounded = rounded,
                         .bias = bias});
  return true;
}

// Computes products of mixed f32 and 16-bit tensors in f32. If `rounded`, both factors pass through bfloat16 first. A
// 16-bit result is rounded once, at the end.
template <class Multiply>
void product_of_halves(const Tensor& a, const Tensor& b, bool rounded, Tensor& c, const Multiply& multiply) {
  const auto as_float = [rounded](const Tensor& x) { return (rounded ? x.to(DType::bf16) : x).to(DType::f32); };
  Tensor sums = is_half(c) ? c.to(DType::f32) : c;
  multiply(as_float(a), as_float(b), sums);
  if (is_half(c)) c.copy_from(sums.to(c.dtype()));
}

// Calls multiply(a, b, c) with tensors of the same type.
template <class Multiply>
void with_one_type(const Tensor& a, const Tensor& b, bool rounded, Tensor& c, const Multiply& multiply) {
  if (is_half(a) || is_half(b) || is_half(c)) return product_of_halves(a, b, rounded, c, multiply);
  multiply(a, b, c);
}

// C = A·B.
void multiply(const Tensor& a, const Tensor& b, bool rounded, Tensor& c, Output output) {
  if (fast_product(a, false, b, false, rounded, nullptr, c, output)) return;
  with_one_type(a, b, rounded, c, [output](const Tensor& x, const Tensor& y, Tensor& z) {
    visit_float(x.dtype(), [&]<class T>() { product(matrix<T>(x), matrix<T>(y), matrix<T>(z), output); });
  });
}

}  // namespace

void matmul(const Tensor& a, const Tensor& b, Tensor& c, Output output) {
  multiply(a, b, rounds(a, b), c, output);
}

void matmul_transposed_b(const Tensor& a, const Tensor& b, Tensor& c, Output output) {
  if (fast_product(a, false, b, true, rounds(a, b), nullptr, c, output)) return;
  with_one_type(a, b, rounds(a, b), c, [output](const Tensor& x, const Tensor& y, Tensor& z) {
    visit_float(x.dtype(), [&]<class T>() { product(matrix<T>(x), matrix<T>(y).transpose(), matrix<T>(z), output); });
  });
}

void matmul_transposed_a(const Tensor& a, const Tensor& b, Tensor& c, Output output) {
  if (fast_product(a, true, b, false, rounds(a, b), nullptr, c, output)) return;
  with_one_type(a, b, rounds(a, b), c, [output](const Tensor& x, const Tensor& y, Tensor& z) {
    visit_float(x.dtype(), [&]<class T>() { product(matrix<T>(x).transpose(), matrix<T>(y), matrix<T>(z), output); });
  });
}

void matmul_weight(const Tensor& x, const StoredWeight& weight, const Tensor& bias, Tensor& y) {
  if (weight.packed != nullptr && matmul_packed(x, weight, bias, y)) return;
  const bool rounded = rounds_with_weight(x);
  const Tensor w = readable(weight);
  if (bias.dtype() == DType::f32 && fast_product(x, false, w, true, rounded, bias.data<float>(), y, Output::replace)) {
    return;
  }
  with_one_type(x, w, rounded, y, [&bias](const Tensor& a, const Tensor& b, Tensor& c) {
    visit_float(a.dtype(), [&]<class T>() {
      matrix<T>(c).rowwise() = row<T>(bias, 0).matrix();
      product(matrix<T>(a), matrix<T>(b).transpose(), matrix<T>(c), Output::accumulate);
    });
  });
}

void matmul_weight_backward(const Tensor& dy, const StoredWeight& weight, const Gradient& dx) {
  multiply(dy, readable(weight), rounds_with_weight(dy), dx.tensor(), dx.output());
}

void matmul_backward(const Tensor& dc, const Tensor& a, const Tensor& b, const Gradient& da, const Gradient& db) {
  if (da) matmul_transposed_b(dc, b, da.tensor(), da.output());
  if (db) matmul_transposed_a(a, dc, db.tensor(), db.output());
}

}  // namespace mini_bert::kernels
