#pragma once

#include <Eigen/Core>

#include "mini_bert/tensor/tensor.h"

// Eigen's view of a tensor: a row-major matrix [rows, cols] (see Shape) over the same memory.
namespace mini_bert {

template <class T>
using Matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
template <class T>
using RowArray = Eigen::Array<T, 1, Eigen::Dynamic>;

template <class T>
using MatrixMap = Eigen::Map<Matrix<T>>;
template <class T>
using ConstMatrixMap = Eigen::Map<const Matrix<T>>;

// Columns [c, c+w) of some rows: a head's queries among those of all heads, for example.
template <class T>
using BlockMap = Eigen::Map<Matrix<T>, Eigen::Unaligned, Eigen::OuterStride<>>;
template <class T>
using ConstBlockMap = Eigen::Map<const Matrix<T>, Eigen::Unaligned, Eigen::OuterStride<>>;

template <class T>
MatrixMap<T> matrix(Tensor& x) {
  return {x.data<T>(), x.rows(), x.cols()};
}
template <class T>
ConstMatrixMap<T> matrix(const Tensor& x) {
  return {x.data<T>(), x.rows(), x.cols()};
}

template <class T>
BlockMap<T> block(Tensor& x, Index row, Index col, Index rows, Index cols) {
  return {x.data<T>() + row * x.cols() + col, rows, cols, Eigen::OuterStride<>(x.cols())};
}
template <class T>
ConstBlockMap<T> block(const Tensor& x, Index row, Index col, Index rows, Index cols) {
  return {x.data<T>() + row * x.cols() + col, rows, cols, Eigen::OuterStride<>(x.cols())};
}

// One row, or a range of all elements, for coefficient-wise arithmetic.
template <class T>
Eigen::Map<RowArray<T>> row(Tensor& x, Index r) {
  return {x.data<T>() + r * x.cols(), x.cols()};
}
template <class T>
Eigen::Map<const RowArray<T>> row(const Tensor& x, Index r) {
  return {x.data<T>() + r * x.cols(), x.cols()};
}
template <class T>
Eigen::Map<RowArray<T>> elements(Tensor& x, Index begin, Index end) {
  return {x.data<T>() + begin, end - begin};
}
template <class T>
Eigen::Map<const RowArray<T>> elements(const Tensor& x, Index begin, Index end) {
  return {x.data<T>() + begin, end - begin};
}

}  // namespace mini_bert
