#pragma once

#include <optional>
#include <span>
#include <string_view>

// This header includes neither tensors nor Eigen, so that a configuration can read it at little cost.
namespace mini_bert {

class Tensor;

// The function φ between two linear layers, which is applied to every element. activation_table.h defines each of
// them: its formula, its slope, its source.
enum class Activation {
  gelu,
  gelu_tanh,
  gelu_10,
  quick_gelu,
  relu,
  relu2,
  relu6,
  leaky_relu,
  silu,
  mish,
  hardswish,
  sigmoid,
  tanh,
  sqrtsoftplus,
  laplace,
  linear,
};
inline constexpr int activation_count = static_cast<int>(Activation::linear) + 1;

// All of them, in the order of the enumeration.
std::span<const Activation> all_activations();

// What a config.json calls an activation in its field hidden_act, the most common name first: transformers'
// activations.py has the same names.
std::span<const std::string_view> names_of(Activation activation);
inline std::string_view name_of(Activation activation) {
  return names_of(activation).front();
}

// The activation of that name, if there is one.
std::optional<Activation> find_activation(std::string_view name);

namespace kernels {

class Gradient;

// y = φ(x), element by element; x and y have the same shape and the same dtype: f32, f64 or bf16.
void activate(const Tensor& x, Activation activation, Tensor& y);

// dx += dy∘φ′(x). Where φ has a kink, φ′ is the value that PyTorch takes.
void activate_backward(const Tensor& dy, const Tensor& x, Activation activation, const Gradient& dx);

}  // namespace kernels
}  // namespace mini_bert
