#pragma once

#include "mini_bert/tensor/kernels/activation_simd.h"
#include "mini_bert/tensor/kernels/adamw_simd.h"
#include "mini_bert/tensor/kernels/add_layer_norm_simd.h"
#include "mini_bert/tensor/kernels/add_simd.h"
#include "mini_bert/tensor/kernels/attention_simd.h"
#include "mini_bert/tensor/kernels/convert_simd.h"
#include "mini_bert/tensor/kernels/cross_entropy_simd.h"
#include "mini_bert/tensor/kernels/dropout_simd.h"
#include "mini_bert/tensor/kernels/layer_norm_simd.h"
#include "mini_bert/tensor/kernels/linear_simd.h"
#include "mini_bert/tensor/kernels/scale_simd.h"
#include "mini_bert/tensor/kernels/softmax_simd.h"
#include "mini_bert/tensor/kernels/sum_of_squares_simd.h"
#include "mini_bert/tensor/kernels/tanh_simd.h"
#include "mini_bert/tensor/simd/loops.h"

namespace mini_bert::simd {

// The loops of loops.h for one register type and one element type.
template <class F, class Element>
constexpr Loops<Element> make_loops() {
  return {.add = add_loops<F, Element>(),
          .scale = scale_loops<F, Element>(),
          .activation = activation_loops<F, Element>(),
          .tanh = tanh_loops<F, Element>(),
          .dropout = dropout_loops<F, Element>(),
          .softmax = softmax_loops<F, Element>(),
          .cross_entropy = cross_entropy_loops<F, Element>(),
          .layer_norm = layer_norm_loops<F, Element>(),
          .add_layer_norm = add_layer_norm_loops<F, Element>(),
          .linear = linear_loops<F, Element>(),
          .attention = attention_loops<F, Element>(),
          .convert = convert_loops<F, Element>(),
          .adamw = adamw_loops<F, Element>(),
          .sum_of_squares = sum_of_squares_loops<F, Element>()};
}

}  // namespace mini_bert::simd
