#pragma once

namespace mini_bert {

// A table whose rows are types: Row::id is the enumerator that the row describes, and its other members are what there
// is to know about it. Code that treats all rows alike goes through the table instead of naming each.
template <class... Rows>
struct Table {
  static constexpr int size = sizeof...(Rows);

  // Calls f.operator()<Row>() with the row of `id`; returns whether there is one.
  template <class Id, class Function>
  static constexpr bool visit(Id id, const Function& f) {
    return ((id == Rows::id && (f.template operator()<Rows>(), true)) || ...);
  }
  // Calls it with every row, in their order.
  template <class Function>
  static constexpr void visit_all(const Function& f) {
    (f.template operator()<Rows>(), ...);
  }
};

}  // namespace mini_bert
