#include "mini_bert/autograd/gradcheck.h"

#include <algorithm>
#include <cmath>

#include "mini_bert/autograd/tape.h"
#include "mini_bert/tensor/random.h"

namespace mini_bert {
namespace {

constexpr double all_but_zero = 1e-7;

std::vector<double> copy_of(const Tensor& x) {
  return {x.values<double>().begin(), x.values<double>().end()};
}

// ∂(Σ r∘f)/∂x_i for every element of `input`, which is changed in place and restored.
std::vector<double> numeric_gradient(const std::function<Var()>& f, const Var& input, const Tensor& r, double h) {
  const NoGrad no_grad;
  Tensor x = input.value();
  std::vector<double> gradient;
  for (double& element : x.values<double>()) {
    const double original = element;
    element = original + h;
    const Tensor above = f().value();
    element = original - h;
    const Tensor below = f().value();
    element = original;
    double sum = 0;  // subtract before adding up, because the two outputs are nearly equal
    for (Index i = 0; i < r.size(); ++i) {
      sum += r.data<double>()[i] * (above.data<double>()[i] - below.data<double>()[i]);
    }
    gradient.push_back(sum / (2 * h));
  }
  return gradient;
}

double largest(const std::vector<double>& values) {
  double largest = 0;
  for (const double value : values) largest = std::max(largest, std::abs(value));
  return largest;
}

}  // namespace

GradcheckResult gradcheck(const std::function<Var()>& f, const std::vector<Var>& inputs, double tolerance, double h) {
  for (Var input : inputs) input.clear_grad();
  Tensor r;
  {
    Tape tape;
    const Var y = f();
    require(y.dtype() == DType::f64, "gradcheck: f must compute in f64, got {}", name_of(y.dtype()));
    r = Tensor(y.shape(), DType::f64);
    fill_normal(r, 0, 1, {.seed = 20180511});
    tape.backward(y, r);
  }
  GradcheckResult result;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (!inputs[i].requires_grad()) continue;
    const Tensor& grad = inputs[i].grad();
    const std::vector<double> analytic = grad.defined() ? copy_of(grad) : std::vector<double>();
    const double scale = largest(analytic);
    if (!(scale > all_but_zero)) {
      return {false, result.worst, fmt::format("input {}: the gradient is all but zero, so nothing is compared", i)};
    }
    const std::vector<double> numeric = numeric_gradient(f, inputs[i], r, h);
    for (std::size_t k = 0; k < numeric.size(); ++k) {
      const double error = std::abs(numeric[k] - analytic[k]) / scale;
      result.worst = std::max(result.worst, error);
      if (!(error <= tolerance) && result.passed) {
        result.passed = false;
        result.message = fmt::format("input {} {}, element {}: analytic {:.9g}, numeric {:.9g}", i, inputs[i].shape(),
                                     k, analytic[k], numeric[k]);
      }
    }
  }
  return result;
}

}  // namespace mini_bert
