#pragma once

#include <string>
#include <vector>

#include "autograd/var.h"

namespace mini_bert {

// A trained tensor under the name published checkpoints give it, "bert.pooler.dense.weight". It may be a range of rows
// of a larger Var: query, key and value are one product but three names.
struct Parameter {
  std::string name;
  Var var;
  Index begin, end;  // rows of var

  Tensor value() const { return var.value().rows(begin, end); }
  Tensor grad() const { return var.grad().defined() ? var.grad().rows(begin, end) : Tensor(); }
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
  // Another name for rows of one.
  void register_rows(std::string name, const Var& var, Index begin, Index end);
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
