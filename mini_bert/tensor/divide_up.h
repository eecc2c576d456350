#pragma once

#include "mini_bert/tensor/shape.h"

namespace mini_bert {

// How many pieces of `by` hold n.
constexpr Index divide_up(Index n, Index by) {
  return (n + by - 1) / by;
}

}  // namespace mini_bert
