#pragma once

#include <functional>
#include <string>
#include <vector>

#include "mini_bert/autograd/var.h"

namespace mini_bert {

struct GradcheckResult {
  bool passed = true;
  double worst = 0;     // largest |numeric − analytic| / max |analytic| of any input
  std::string message;  // which input failed and how; empty when passed
};

// Compares the backward pass of y = f(inputs) with central differences, in double. The objective is Σ r∘y with fixed
// random r: a plain sum would hide errors (softmax rows always sum to 1). For every input that requires a gradient:
//   max |numeric − analytic| ≤ tolerance·max |analytic|,   numeric_i = Σ r∘(f(x+h·e_i) − f(x−h·e_i)) / 2h
// An input whose gradient is nearly zero fails too, because noise would be compared with noise. f must be deterministic
// and must read the inputs it was given.
GradcheckResult gradcheck(const std::function<Var()>& f, const std::vector<Var>& inputs, double tolerance = 1e-6,
                          double h = 1e-6);

}  // namespace mini_bert
