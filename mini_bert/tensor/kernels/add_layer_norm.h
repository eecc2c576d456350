#pragma once

#include "mini_bert/tensor/kernels/gradient.h"
#include "mini_bert/tensor/random.h"
#include "mini_bert/tensor/tensor.h"

namespace mini_bert::kernels {

// The operation that ends each half of an encoder layer, in one pass over memory instead of three:
//   s = residual + dropout(h),   y = LayerNorm(s)
// residual, h, s, y [T,H]; γ, β [H]. dropout.h and layer_norm.h define the parts; without dropout s is residual + h.
// The backward pass needs s, `mean` [T] and `rstd` [T], and draws the mask again from the key.
struct AddLayerNormOptions {
  double eps = 1e-12;
  double dropout = 0;
  RandomKey key = {};
};

void add_layer_norm(const Tensor& residual, const Tensor& h, const Tensor& gamma, const Tensor& beta,
                    const AddLayerNormOptions& options, Tensor& s, Tensor& y, Tensor& mean, Tensor& rstd);

// With ds the gradient of LayerNorm's input (layer_norm.h):
//   dresidual += ds    dh += dropout′(ds)    dγ += Σ over rows of dy·ŝ    dβ += Σ over rows of dy
void add_layer_norm_backward(const Tensor& dy, const Tensor& s, const Tensor& gamma, const Tensor& mean,
                             const Tensor& rstd, const AddLayerNormOptions& options, const Gradient& dresidual,
                             const Gradient& dh, const Gradient& dgamma, const Gradient& dbeta);

}  // namespace mini_bert::kernels
