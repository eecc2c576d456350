#pragma once

#include "mini_bert/nn/module.h"

namespace mini_bert {

// The length of all gradients as one vector, √(Σ g²).
double gradient_norm(const std::vector<Parameter>& parameters);

// What to multiply the gradients with so that their norm does not exceed `max_norm`: min(1, max/(norm + 1e-6)), as
// torch.nn.utils.clip_grad_norm_. No clipping when max_norm is 0. Pascanu et al. 2013, arXiv:1211.5063 §3.2.
double clip_scale(double norm, double max_norm);

}  // namespace mini_bert
