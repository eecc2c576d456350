#pragma once

#include "mini_bert/tensor/kernels/adamw_simd.h"
#include "mini_bert/tensor/kernels/add_layer_norm_simd.h"
#include "mini_bert/tensor/kernels/add_simd.h"
#include "mini_bert/tensor/kernels/attention_simd.h"
#include "mini_bert/tensor/kernels/convert_simd.h"
#include "mini_bert/tensor/kernels/cross_entropy_simd.h"
#include "mini_bert/tensor/kernels/dropout_simd.h"
#include "mini_bert/tensor/kernels/gelu_simd.h"
#include "mini_bert/tensor/kernels/layer_norm_simd.h"
#include "mini_bert/tensor/kernels/linear_simd.h"
#include "mini_bert/tensor/kernels/scale_simd.h"
#include "mini_bert/tensor/kernels/softmax_simd.h"
#include "mini_bert/tensor/kernels/sum_of_squares_simd.h"
#include "mini_bert/tensor/kernels/tanh_simd.h"
#include "mini_bert/tensor/simd/loops.h"

namespace mini_bert::simd {

// The loops of loops.h for one register type.
template <class F, class T>
constexpr ActivationLoops<T> activation_loops() {
  return {.add = add_loops<F, T>(),
          .scale = scale_loops<F, T>(),
          .gelu = gelu_loops<F, T>(),
          .tanh = tanh_loops<F, T>(),
          .dropout = dropout_loops<F, T>(),
          .softmax = softmax_loops<F, T>(),
          .cross_entropy = cross_entropy_loops<F, T>(),
          .layer_norm = layer_norm_loops<F, T>(),
          .add_layer_norm = add_layer_norm_loops<F, T>(),
          .linear = linear_loops<F, T>(),
          .attention = attention_loops<F, T>()};
}

template <class F>
constexpr ParameterLoops parameter_loops() {
  return {.adamw = adamw<F>, .sum_of_squares = sum_of_squares<F>};
}

}  // namespace mini_bert::simd
