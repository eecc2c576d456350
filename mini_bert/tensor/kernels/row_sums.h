#pragma once

#include "mini_bert/tensor/kernels/elementwise.h"
#include "mini_bert/tensor/kernels/gradient.h"

namespace mini_bert::kernels {

// f32 sums over the rows of a matrix. Every 32 rows have their own set of `count` sums; the sets are added in the order
// of the rows. So threads can divide the rows and read them in memory order, and the bits do not depend on the number
// of threads.
class RowSums {
 public:
  RowSums(Index rows, Index count) : rows_(rows), partial_({(rows + chunk - 1) / chunk, count}) {}

  // body(first row, end, sums) writes the `count` sums of these rows.
  template <class Body>
  void for_each_chunk(const Body& body) {
    parallel_for_chunks(rows_, chunk, [&](Index begin, Index end) {
      body(begin, end, partial_.data<float>() + begin / chunk * partial_.cols());
    });
  }

  // Puts as many sums as the gradient has elements into it, from number `first` on.
  void put_into(const Gradient& gradient, Index first) const {
    float* const target = gradient.tensor().data<float>();
    for_each_column_block(gradient.tensor().size(), [&](Index col, Index width) {
      if (!gradient.accumulates()) std::fill_n(target + col, width, 0.0f);
      for (Index c = 0; c < partial_.rows(); ++c) {
        const float* const sums = partial_.data<float>() + c * partial_.cols() + first + col;
        for (Index j = 0; j < width; ++j) target[col + j] += sums[j];
      }
    });
  }

 private:
  static constexpr Index chunk = 32;
  Index rows_;
  Tensor partial_;
};

}  // namespace mini_bert::kernels
