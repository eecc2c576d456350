#pragma once

#include "mini_bert/nn/module.h"

namespace mini_bert {

// The length of all gradients as one vector, √(Σ g²).
double gradient_norm(const std::vector<Parameter>& parameters);

// The factor that brings the gradients' norm down to `max_norm`: min(1, max_norm/(norm + 1e-6)), like
// torch.nn.utils.clip_grad_norm_. It is 1 when max_norm is 0. Pascanu et al. 2013, arXiv:1211.5063 §3.2.
double clip_scale(double norm, double max_norm);

}  // namespace mini_bert
