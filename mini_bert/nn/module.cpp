#include "mini_bert/nn/module.h"

#include <algorithm>

#include "mini_bert/nn/initial_values.h"

namespace mini_bert {
namespace {

Place within(const Place& outer, const Place& inner) {
  return {.depth = inner.depth ? inner.depth : outer.depth,
          .of_head = inner.of_head || outer.of_head,
          .row_per_token = inner.row_per_token || outer.row_per_token,
          .row_per_label = inner.row_per_label || outer.row_per_label,
          .many_rows = inner.many_rows || outer.many_rows};
}

}  // namespace

std::vector<Parameter> Module::parameters() const {
  std::vector<Parameter> all = own_;
  for (const Child& child : children_) {
    for (Parameter& parameter : child.module->parameters()) {
      if (!child.path.empty()) parameter.path = child.path + '.' + parameter.path;
      parameter.place = within(child.place, parameter.place);
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

void Module::initialize(std::uint64_t seed, std::optional<double> deviation) {
  std::vector<std::string> paths;
  for (Parameter& parameter : parameters()) paths.push_back(std::move(parameter.path));
  initialize(seed, deviation, paths);
}

void Module::initialize(std::uint64_t seed, std::optional<double> deviation, std::span<const std::string> paths) {
  RandomKey key{.seed = seed_for(seed, "weights")};
  for (const Parameter& parameter : parameters()) {
    if (std::ranges::find(paths, parameter.path) != paths.end()) set_initial_value(parameter, deviation, key);
    ++key.stream;
  }
}

void Module::clear_grads() {
  for (const Parameter& parameter : parameters()) parameter.var().clear_grad();
}

Weight Module::register_parameter(std::string path, Role role, const Shape& shape, DType dtype, const Place& place) {
  return register_new(
      {.path = std::move(path), .role = role, .weight = Weight(Tensor(shape, dtype), true), .place = place});
}

Weight Module::register_table(std::string path, const Shape& shape, DType dtype, Index padding_row) {
  return register_new({.path = std::move(path),
                       .role = Role::table,
                       .weight = Weight(Tensor(shape, dtype), true),
                       .padding_row = padding_row});
}

Weight Module::register_new(Parameter parameter) {
  set_default_value(parameter);
  own_.push_back(std::move(parameter));
  return own_.back().weight;
}

void Module::register_module(std::string path, const Module& module, const Place& place) {
  children_.push_back({std::move(path), &module, place});
}

}  // namespace mini_bert
