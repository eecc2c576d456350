#pragma once

#include "mini_bert/tensor/kernels/activation_gelu.h"
#include "mini_bert/tensor/kernels/activation_relu.h"
#include "mini_bert/tensor/kernels/activation_sigmoid.h"
#include "mini_bert/tensor/table.h"

// The table of activations. Each row is a struct:
//
//   id, names                the enumerator, and what a config.json calls it
//   value, slope             the definition: φ(x) and φ′(x) over an Eigen array of float or double
//   fast_value, fast_slope   the same over one SIMD register of floats <F>
//   gradient, fast_gradient  optional: dx from dy and x, if it is not the product dy·φ′(x)
//
// A new activation is an enumerator in activation.h, a struct in one of the three headers, its name in the list below,
// and its formula in the test. Everything else goes through the list.
//
// Eigen itself is not included: the files that are compiled for a single instruction set read these headers too, and
// code of Eigen that was compiled there would crash on other CPUs.
namespace mini_bert::activations {

// The rows in the order of the enumeration.
using All = Table<Gelu, GeluTanh, Gelu10, QuickGelu, Relu, Relu2, Relu6, LeakyRelu, Silu, Mish, Hardswish, Sigmoid,
                  Tanh, SqrtSoftplus, Laplace, Linear>;
static_assert(All::size == activation_count, "every enumerator of Activation has one row");

}  // namespace mini_bert::activations
