#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mini_bert/base/json_fields.h"

namespace mini_bert {

// What mini_bert does with a key of a JSON file that other programs wrote.
//   obeyed     the value decides what is computed
//   harmless   the value changes no result, here or in the program that wrote it
//   refused    a value other than `supported` (a JSON literal; "": none) or null is an Error
enum class KeyUse { obeyed, harmless, refused };

struct KnownKey {
  std::string_view name;  // a name that begins with * stands for all keys with this ending
  KeyUse use = KeyUse::obeyed;
  std::string_view supported = {};
};

// All keys of one file. docs/compatibility.md has the same tables, and a test compares them.
struct KnownKeys {
  std::string_view file;  // "config.json"
  std::span<const KnownKey> keys;

  const KnownKey* find(std::string_view name) const;  // nullptr: the key is not known
};

// Error when an object has a refused key whose value is not the supported one. Returns the keys that the table does not
// have: nobody knows whether they change results, so programs name them to the user.
std::vector<std::string> check_keys(const JsonField& object, const KnownKeys& known);

}  // namespace mini_bert
