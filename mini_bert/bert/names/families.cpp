// The list of all families. Each has its names in a file of its own.
#include <array>

#include "mini_bert/bert/names/name_table.h"

namespace mini_bert {

extern const NameTable bert_in_transformers;
extern const NameTable bert_in_tensorflow;

std::span<const NameTable* const> name_tables() {
  static constexpr std::array<const NameTable*, 2> tables = {&bert_in_transformers, &bert_in_tensorflow};
  return tables;
}

}  // namespace mini_bert
