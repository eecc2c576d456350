#pragma once

#include "mini_bert/tensor/dtype.h"
#include "mini_bert/tensor/kernels/attention_head.h"
#include "mini_bert/tensor/random.h"
#include "mini_bert/tensor/shape.h"

// The signatures of all loops that are not products, an entry per operation: tensor/kernels/<op>_simd.h says how each
// is done, <op>.h what it computes. n elements, or rows × cols, lie one behind the other. A gradient dx is replaced, or
// added to when `accumulate`; one that may be null need not be computed.
namespace mini_bert::simd {

// Activations are stored as T, float or BFloat16, and computed with in f32.
template <class T>
struct AddLoops {
  void (*forward)(const T* x, const T* y, Index n, T* z);
  void (*backward)(const T* dz, Index n, bool accumulate, T* dx);
};

template <class T>
struct ScaleLoops {
  void (*forward)(const T* x, float a, Index n, bool accumulate, T* y);  // its own backward
};

template <class T>
struct GeluLoops {
  struct Form {
    void (*forward)(const T* x, Index n, T* y);
    void (*backward)(const T* dy, const T* x, Index n, bool accumulate, T* dx);
  };
  Form erf, tanh;
};

template <class T>
struct TanhLoops {
  void (*forward)(const T* x, Index n, T* y);
  void (*backward)(const T* dy, const T* y, Index n, bool accumulate, T* dx);
};

template <class T>
struct DropoutLoops {
  // `first` is the index of x[0] in the mask; the backward pass is the same with dy for x and dx for y.
  void (*forward)(const T* x, double p, const RandomKey& key, std::uint64_t first, Index n, bool accumulate, T* y);
};

template <class T>
struct SoftmaxLoops {
  void (*forward)(const T* x, Index rows, Index cols, T* y);
  void (*backward)(const T* dy, const T* y, Index rows, Index cols, bool accumulate, T* dx);
};

template <class T>
struct CrossEntropyLoops {
  float (*log_sum_exp)(const T* z, Index n);
  // dz = scale·exp(z − log_sum_exp).
  void (*backward)(const T* z, float log_sum_exp, float scale, Index n, bool accumulate, T* dz);
};

// What a normalisation of rows reads besides activations, and what it leaves for its backward pass.
struct Normalisation {
  const float *gamma, *beta;
  float eps;
};
struct Moments {
  float *mean, *rstd;  // [rows]
};

template <class T>
struct LayerNormLoops {
  void (*forward)(const T* x, Index rows, Index cols, const Normalisation& norm, T* y, Moments moments);
  // dx may be null. dgamma, dbeta [cols] become the sums over these rows; both are null when nobody wants either.
  void (*backward)(const T* dy, const T* x, Index rows, Index cols, const float* gamma, const float* mean,
                   const float* rstd, bool accumulate, T* dx, float* dgamma, float* dbeta);
};

// Dropout of rows whose first element has index `first` in the mask, and where a gradient of rows goes; null for
// nowhere.
struct RowDropout {
  double p;
  RandomKey key;
  std::uint64_t first;
};
template <class T>
struct GradientRows {
  T* data;
  bool accumulate;
};

template <class T>
struct AddLayerNormLoops {
  void (*forward)(const T* residual, const T* h, const RowDropout& dropout, Index rows, Index cols,
                  const Normalisation& norm, T* s, T* y, Moments moments);
  void (*backward)(const T* dy, const T* s, const RowDropout& dropout, Index rows, Index cols, const float* gamma,
                   const float* mean, const float* rstd, GradientRows<T> dresidual, GradientRows<T> dh, float* dgamma,
                   float* dbeta);  // dgamma and dbeta as in LayerNormLoops
};

template <class T>
struct LinearLoops {
  void (*column_sums)(const T* x, Index rows, Index cols, float* sums);
};

// One head of one sentence (attention_head.h), and the floats of scratch memory that either pass needs at most.
template <class T>
struct AttentionLoops {
  Index (*scratch)(Index length, Index size);
  void (*forward)(const AttentionHead<T>& head, T* output, float* log_sum_exp);
  void (*backward)(const AttentionHead<T>& head, const AttentionHeadGradient<T>& gradient);
};

template <class T>
struct ActivationLoops {
  AddLoops<T> add;
  ScaleLoops<T> scale;
  GeluLoops<T> gelu;
  TanhLoops<T> tanh;
  DropoutLoops<T> dropout;
  SoftmaxLoops<T> softmax;
  CrossEntropyLoops<T> cross_entropy;
  LayerNormLoops<T> layer_norm;
  AddLayerNormLoops<T> add_layer_norm;
  LinearLoops<T> linear;
  AttentionLoops<T> attention;
};

// Between the two types of storage.
struct ConvertLoops {
  void (*widen)(const BFloat16* x, Index n, bool accumulate, float* y);
  void (*narrow)(const float* x, Index n, bool accumulate, BFloat16* y);
};

// Parameters, their gradients and the optimizer's moments are f32.
struct AdamWFactors {
  float gradient_scale, beta_1, one_minus_beta_1, beta_2, one_minus_beta_2, decay, rate, root_correction, eps;
};
struct ParameterLoops {
  void (*adamw)(const AdamWFactors& factors, const float* gradient, Index n, float* parameter, float* m, float* v);
  double (*sum_of_squares)(const float* x, Index n);
};

}  // namespace mini_bert::simd
