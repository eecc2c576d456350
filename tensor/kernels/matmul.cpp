#include "tensor/kernels/matmul.h"

#include "tensor/eigen.h"
#include "tensor/kernels/matmul_blocked.h"
#include "tensor/parallel.h"

namespace mini_bert::kernels {
namespace {

// Eigen cuts a product into blocks by the size of the caches it finds. Fixed sizes make the sums, and so the bits, the
// same on every machine with the same instruction set.
[[maybe_unused]] const bool cache_sizes_are_fixed = (Eigen::setCpuCacheSizes(32 << 10, 512 << 10, 4 << 20), true);

// C in tiles of fixed size, each computed whole by one thread: no sum is split, so the result does not depend on the
// number of threads.
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

// The same in registers and caches of this CPU; false when it has no kernels for that.
bool fast_product(const Tensor& a, bool a_transposed, const Tensor& b, bool b_transposed, Tensor& c, Output output) {
  const simd::Kernels* const simd = simd::kernels();
  if (simd == nullptr || a.dtype() != DType::f32) return false;
  const Index depth = a_transposed ? a.rows() : a.cols();
  matmul_blocked(*simd, {.m = c.rows(),
                         .n = c.cols(),
                         .k = depth,
                         .a = {a.data<float>(), a.cols(), a_transposed},
                         .b = {b.data<float>(), b.cols(), b_transposed},
                         .c = c.data<float>(),
                         .ldc = c.cols(),
                         .output = output});
  return true;
}

}  // namespace

void matmul(const Tensor& a, const Tensor& b, Tensor& c, Output output) {
  if (fast_product(a, false, b, false, c, output)) return;
  visit_float(a.dtype(), [&]<class T>() { product(matrix<T>(a), matrix<T>(b), matrix<T>(c), output); });
}

void matmul_transposed_b(const Tensor& a, const Tensor& b, Tensor& c, Output output) {
  if (fast_product(a, false, b, true, c, output)) return;
  visit_float(a.dtype(), [&]<class T>() { product(matrix<T>(a), matrix<T>(b).transpose(), matrix<T>(c), output); });
}

void matmul_transposed_a(const Tensor& a, const Tensor& b, Tensor& c, Output output) {
  if (fast_product(a, true, b, false, c, output)) return;
  visit_float(a.dtype(), [&]<class T>() { product(matrix<T>(a).transpose(), matrix<T>(b), matrix<T>(c), output); });
}

void matmul_backward(const Tensor& dc, const Tensor& a, const Tensor& b, const Gradient& da, const Gradient& db) {
  if (da) matmul_transposed_b(dc, b, da.tensor(), da.output());
  if (db) matmul_transposed_a(a, dc, db.tensor(), db.output());
}

}  // namespace mini_bert::kernels
