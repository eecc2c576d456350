#pragma once

#include "mini_bert/tensor/shape.h"

namespace mini_bert {

// The number of pieces of size `by` that n elements need: n/by, rounded up.
constexpr Index divide_up(Index n, Index by) {
  return (n + by - 1) / by;
}

}  // namespace mini_bert
