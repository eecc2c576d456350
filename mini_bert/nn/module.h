#pragma once

#include <string>
#include <vector>

#include "mini_bert/autograd/var.h"

namespace mini_bert {

// A trained tensor under the name published checkpoints give it, "bert.pooler.dense.weight".
struct Parameter {
  std::string name;
  Var var;

  Tensor value() const { return var.value(); }
  Tensor grad() const { return var.grad(); }
};

// Something with parameters, and modules inside it. Derived classes register both, in their constructor, in the order
// in which they are to be listed; a module is neither copied nor moved afterwards.
class Module {
 public:
  Module() = default;
  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;

  // Every parameter of this module and of those inside it, names joined with dots: "encoder.layer.0.output.dense.bias".
  std::vector<Parameter> parameters() const;

  // How many numbers they hold.
  Index parameter_count() const;

  void clear_grads();

 protected:
  ~Module() = default;

  // A new tensor, not initialised, that wants a gradient.
  Var register_parameter(std::string name, const Shape& shape, DType dtype);
  // An empty name puts the parameters of `module` among one's own.
  void register_module(std::string name, const Module& module);

 private:
  struct Child {
    std::string name;
    const Module* module;
  };
  std::vector<Parameter> own_;
  std::vector<Child> children_;
};

}  // namespace mini_bert
