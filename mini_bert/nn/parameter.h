#pragma once

#include <optional>
#include <string>

#include "mini_bert/autograd/weight.h"

namespace mini_bert {

// What a parameter does in its layer.
//   matrix  multiplies a vector of features: W of y = x·Wᵀ + b
//   table   has one row for each thing that can be looked up
//   bias    is added after a product: b
//   scale   multiplies each normalised feature: γ of layer normalisation
//   shift   is added to each normalised feature: β of layer normalisation
enum class Role { matrix, table, bias, scale, shift };

// Matrices and tables hold nearly all numbers of a model. They alone decay, and they alone may be stored in fewer bits.
constexpr bool is_large(Role role) {
  return role == Role::matrix || role == Role::table;
}

// Where a parameter stands in its model. Modules do not know this of themselves: whoever puts them together says it.
struct Place {
  std::optional<Index> depth = std::nullopt;  // how many layers lie below; counted by the model
  bool of_head = false;                       // belongs to a task, not to the encoder that tasks share
  bool row_per_token = false;                 // has one row, or one number, for each token of the vocabulary
  bool row_per_label = false;                 // has one row, or one number, for each label
  bool many_rows = false;                     // of a head, and multiplies many rows of a batch, not one for each text
};

// A trained tensor, and everything that a program asks about it. `path` only says where in the tree of modules it is,
// "encoder.layer.0.attention.query.weight". No code reads a meaning out of it; the names in checkpoints are spelled by
// the tables in bert/names/.
struct Parameter {
  std::string path;
  Role role = Role::matrix;
  Weight weight = {};
  Place place = {};
  Index padding_row = -1;  // the row of a table that look-ups never train and that begins as 0; −1: there is none

  Var var() const { return weight.var(); }
  Tensor value() const { return weight.value(); }
  Tensor grad() const { return weight.grad(); }
  Index depth() const { return place.depth.value_or(0); }
  bool decays() const { return is_large(role); }
};

}  // namespace mini_bert
