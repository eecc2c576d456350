#include "mini_bert/tensor/kernels/linear.h"

#include "mini_bert/tensor/kernels/elements.h"
#include "mini_bert/tensor/kernels/elementwise.h"
#include "mini_bert/tensor/kernels/matmul.h"
#include "mini_bert/tensor/kernels/row_sums.h"
#include "mini_bert/tensor/simd/kernels.h"

namespace mini_bert::kernels {
namespace {

template <class T>
void add_column_sums(const Tensor& dy, const Gradient& dbias) {
  if (const auto* const loops = simd::loops<T>()) {
    RowSums sums(dy.rows(), dy.cols());
    sums.for_each_chunk([&](Index begin, Index end, float* chunk_sums) {
      loops->linear.column_sums(dy.data<T>() + begin * dy.cols(), end - begin, dy.cols(), chunk_sums);
    });
    return sums.put_into(dbias, 0);
  }
  for_each_column_block(dy.cols(), [&](Index col, Index width) {
    auto sums = elements<Arithmetic<T>>(dbias.tensor(), col, col + width);
    if (!dbias.accumulates()) sums.setZero();
    for (Index t = 0; t < dy.rows(); ++t) sums += read<T>(dy, t * dy.cols() + col, t * dy.cols() + col + width);
  });
}

}  // namespace

void linear(const Tensor& x, const StoredWeight& weight, const Tensor& bias, Tensor& y) {
  matmul_weight(x, weight, bias, y);
}

void linear_backward(const Tensor& dy, const Tensor& x, const StoredWeight& weight, const Gradient& dx,
                     const Gradient& dweight, const Gradient& dbias) {
  // y = x·Wᵀ + b is linear in each of its inputs, so each gradient is one product with dy.
  if (dx) matmul_weight_backward(dy, weight, dx);
  if (dweight) matmul_transposed_a(dy, x, dweight.tensor(), dweight.output());
  if (dbias) visit_stored(dy.dtype(), [&]<class T>() { add_column_sums<T>(dy, dbias); });
}

}  // namespace mini_bert::kernels
