#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "mini_bert/nn/parameter.h"

namespace mini_bert {

// Something with parameters, and modules inside it. A derived class registers both in its constructor, in the order in
// which they are to be listed. A new module has weights that can be trained (initial_values.h). Modules are neither
// copied nor moved, since the outer module keeps pointers to the inner ones.
class Module {
 public:
  Module() = default;
  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;

  // Every parameter of this module and of those inside it. Paths are joined with dots: "layer.0.attention.query.bias".
  std::vector<Parameter> parameters() const;

  // How many numbers they hold.
  Index parameter_count() const;

  // Draws new weights; see set_initial_value() for the distributions. Parameter i reads stream i of the seed, so the
  // numbers do not depend on what else the program has made.
  void initialize(std::uint64_t seed, std::optional<double> deviation = std::nullopt);
  // The same for the parameters with these paths alone; each gets the numbers that the call above would give it.
  void initialize(std::uint64_t seed, std::optional<double> deviation, std::span<const std::string> paths);

  void clear_grads();

 protected:
  ~Module() = default;

  // A new tensor that is trained.
  Weight register_parameter(std::string path, Role role, const Shape& shape, DType dtype, const Place& place = {});
  Weight register_table(std::string path, const Shape& shape, DType dtype, Index padding_row);
  // An empty path puts the parameters of `module` among one's own. `place` holds for all of them; a depth that is set
  // further inside wins.
  void register_module(std::string path, const Module& module, const Place& place = {});

 private:
  Weight register_new(Parameter parameter);

  struct Child {
    std::string path;
    const Module* module;
    Place place;
  };
  std::vector<Parameter> own_;
  std::vector<Child> children_;
};

}  // namespace mini_bert
