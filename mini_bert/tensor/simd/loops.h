#pragma once

#include <type_traits>

#include "mini_bert/tensor/dtype.h"
#include "mini_bert/tensor/kernels/activation.h"
#include "mini_bert/tensor/kernels/attention_head.h"
#include "mini_bert/tensor/random.h"
#include "mini_bert/tensor/shape.h"

// The signatures of all loops except matrix products, one struct for each operation. <op>.h says what an operation
// computes, tensor/kernels/<op>_simd.h how. Arrays are contiguous: n elements, or rows × cols. A gradient dx is added
// to if `accumulate`, and replaced otherwise. A gradient that may be null is not computed if it is.
namespace mini_bert::simd {

// Activations are stored as Element, float or BFloat16; the arithmetic is f32.
template <class Element>
struct AddLoops {
  void (*forward)(const Element* x, const Element* y, Index n, Element* z);
  void (*backward)(const Element* dz, Index n, bool accumulate, Element* dx);
};

template <class Element>
struct ScaleLoops {
  void (*forward)(const Element* x, float a, Index n, bool accumulate, Element* y);  // its own backward
};

template <class Element>
struct ActivationLoops {
  struct Loop {
    void (*forward)(const Element* x, Index n, Element* y);
    void (*backward)(const Element* dy, const Element* x, Index n, bool accumulate, Element* dx);
  };
  Loop of[activation_count];

  const Loop& operator[](Activation activation) const { return of[static_cast<int>(activation)]; }
};

template <class Element>
struct TanhLoops {
  void (*forward)(const Element* x, Index n, Element* y);
  void (*backward)(const Element* dy, const Element* y, Index n, bool accumulate, Element* dx);
};

template <class Element>
struct DropoutLoops {
  // `first` is the index of x[0] in the mask; the backward pass is the same with dy for x and dx for y.
  void (*forward)(const Element* x, double p, const RandomKey& key, std::uint64_t first, Index n, bool accumulate,
                  Element* y);
};

template <class Element>
struct SoftmaxLoops {
  void (*forward)(const Element* x, Index rows, Index cols, Element* y);
  void (*backward)(const Element* dy, const Element* y, Index rows, Index cols, bool accumulate, Element* dx);
};

template <class Element>
struct CrossEntropyLoops {
  float (*log_sum_exp)(const Element* z, Index n);
  // dz = scale·exp(z − log_sum_exp).
  void (*backward)(const Element* z, float log_sum_exp, float scale, Index n, bool accumulate, Element* dz);
};

// What LayerNorm reads in addition to activations, and what it keeps for the backward pass.
struct Normalisation {
  const float *gamma, *beta;
  float eps;
};
struct Moments {
  float *mean, *rstd;  // [rows]
};

template <class Element>
struct LayerNormLoops {
  void (*forward)(const Element* x, Index rows, Index cols, const Normalisation& norm, Element* y, Moments moments);
  // dx may be null. dgamma, dbeta [cols] become the sums over these rows; both are null if neither is required.
  void (*backward)(const Element* dy, const Element* x, Index rows, Index cols, const float* gamma, const float* mean,
                   const float* rstd, bool accumulate, Element* dx, float* dgamma, float* dbeta);
};

// The dropout of rows; `first` is the index of their first element in the mask. And where a gradient of rows goes: null
// if it is not required.
struct RowDropout {
  double p;
  RandomKey key;
  std::uint64_t first;
};
template <class Element>
struct GradientRows {
  Element* data;
  bool accumulate;
};

template <class Element>
struct AddLayerNormLoops {
  void (*forward)(const Element* residual, const Element* h, const RowDropout& dropout, Index rows, Index cols,
                  const Normalisation& norm, Element* s, Element* y, Moments moments);
  void (*backward)(const Element* dy, const Element* s, const RowDropout& dropout, Index rows, Index cols,
                   const float* gamma, const float* mean, const float* rstd, GradientRows<Element> dresidual,
                   GradientRows<Element> dh, float* dgamma,
                   float* dbeta);  // dgamma and dbeta as in LayerNormLoops
};

template <class Element>
struct LinearLoops {
  void (*column_sums)(const Element* x, Index rows, Index cols, float* sums);
};

// One head of one sentence (attention_head.h). scratch() is the number of floats of scratch memory that both passes
// need at most.
template <class Element>
struct AttentionLoops {
  Index (*scratch)(Index length, Index size);
  void (*forward)(const AttentionHead<Element>& head, Element* output, float* log_sum_exp);
  void (*backward)(const AttentionHead<Element>& head, const AttentionHeadGradient<Element>& gradient);
};

// Converts between the two types that activations are stored as: y is stored as Element, x as the other one.
template <class Element>
struct ConvertLoops {
  using Other = std::conditional_t<std::is_same_v<Element, float>, BFloat16, float>;
  void (*forward)(const Other* x, Index n, bool accumulate, Element* y);  // its own backward
};

// The loops over parameters, their gradients and the optimizer's moments exist for f32 only; they are null otherwise.
struct AdamWFactors {
  float gradient_scale, beta_1, one_minus_beta_1, beta_2, one_minus_beta_2, decay, rate, root_correction, eps;
};
template <class Element>
struct AdamWLoops {
  void (*update)(const AdamWFactors& factors, const Element* gradient, Index n, Element* parameter, Element* m,
                 Element* v);
};

template <class Element>
struct SumOfSquaresLoops {
  double (*sum)(const Element* x, Index n);
};

// The loops of all operations, for one element type.
template <class Element>
struct Loops {
  AddLoops<Element> add;
  ScaleLoops<Element> scale;
  ActivationLoops<Element> activation;
  TanhLoops<Element> tanh;
  DropoutLoops<Element> dropout;
  SoftmaxLoops<Element> softmax;
  CrossEntropyLoops<Element> cross_entropy;
  LayerNormLoops<Element> layer_norm;
  AddLayerNormLoops<Element> add_layer_norm;
  LinearLoops<Element> linear;
  AttentionLoops<Element> attention;
  ConvertLoops<Element> convert;
  AdamWLoops<Element> adamw;
  SumOfSquaresLoops<Element> sum_of_squares;
};

}  // namespace mini_bert::simd
