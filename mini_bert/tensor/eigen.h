#pragma once

#include <Eigen/Core>

#include "mini_bert/tensor/tensor.h"

// Eigen's view of a tensor: a row-major matrix [rows, cols] (see Shape) over the same memory.
namespace mini_bert {

template <class Element>
using Matrix = Eigen::Matrix<Element, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
template <class Element>
using RowArray = Eigen::Array<Element, 1, Eigen::Dynamic>;

template <class Element>
using MatrixMap = Eigen::Map<Matrix<Element>>;
template <class Element>
using ConstMatrixMap = Eigen::Map<const Matrix<Element>>;

// A rectangle of a matrix: the queries of one head among those of all heads, for example.
template <class Element>
using BlockMap = Eigen::Map<Matrix<Element>, Eigen::Unaligned, Eigen::OuterStride<>>;
template <class Element>
using ConstBlockMap = Eigen::Map<const Matrix<Element>, Eigen::Unaligned, Eigen::OuterStride<>>;

template <class Element>
MatrixMap<Element> matrix(Tensor& x) {
  return {x.data<Element>(), x.rows(), x.cols()};
}
template <class Element>
ConstMatrixMap<Element> matrix(const Tensor& x) {
  return {x.data<Element>(), x.rows(), x.cols()};
}

template <class Element>
BlockMap<Element> block(Tensor& x, Index row, Index col, Index rows, Index cols) {
  return {x.data<Element>() + row * x.cols() + col, rows, cols, Eigen::OuterStride<>(x.cols())};
}
template <class Element>
ConstBlockMap<Element> block(const Tensor& x, Index row, Index col, Index rows, Index cols) {
  return {x.data<Element>() + row * x.cols() + col, rows, cols, Eigen::OuterStride<>(x.cols())};
}

// One row, or a range of all elements, for coefficient-wise arithmetic.
template <class Element>
Eigen::Map<RowArray<Element>> row(Tensor& x, Index r) {
  return {x.data<Element>() + r * x.cols(), x.cols()};
}
template <class Element>
Eigen::Map<const RowArray<Element>> row(const Tensor& x, Index r) {
  return {x.data<Element>() + r * x.cols(), x.cols()};
}
template <class Element>
Eigen::Map<RowArray<Element>> elements(Tensor& x, Index begin, Index end) {
  return {x.data<Element>() + begin, end - begin};
}
template <class Element>
Eigen::Map<const RowArray<Element>> elements(const Tensor& x, Index begin, Index end) {
  return {x.data<Element>() + begin, end - begin};
}

}  // namespace mini_bert
