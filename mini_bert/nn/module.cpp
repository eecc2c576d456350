#include "mini_bert/nn/module.h"

namespace mini_bert {

std::vector<Parameter> Module::parameters() const {
  std::vector<Parameter> all = own_;
  for (const Child& child : children_) {
    for (Parameter& parameter : child.module->parameters()) {
      if (!child.name.empty()) parameter.name = child.name + '.' + parameter.name;
      all.push_back(std::move(parameter));
    }
  }
  return all;
}

Index Module::parameter_count() const {
  Index count = 0;
  for (const Parameter& parameter : parameters()) count += parameter.value().size();
  return count;
}

void Module::clear_grads() {
  for (Parameter& parameter : parameters()) parameter.var.clear_grad();
}

Var Module::register_parameter(std::string name, const Shape& shape, DType dtype) {
  const Var var(Tensor(shape, dtype), true);
  own_.push_back({std::move(name), var});
  return var;
}

void Module::register_module(std::string name, const Module& module) {
  children_.push_back({std::move(name), &module});
}

}  // namespace mini_bert
