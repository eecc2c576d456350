#include "mini_bert/base/known_keys.h"

#include <algorithm>

#include "mini_bert/base/file_error.h"

namespace mini_bert {
namespace {

using nlohmann::json;

// Nothing is set: null, and an empty list, object or text.
bool is_nothing(const json& value) {
  return value.is_null() || value == json("") || (value.is_structured() && value.empty());
}

bool is_supported(const json& value, const KnownKey& key) {
  return is_nothing(value) || (!key.supported.empty() && value == json::parse(key.supported));
}

}  // namespace

const KnownKey* KnownKeys::find(std::string_view name) const {
  const auto fits = [&](const KnownKey& key) {
    return key.name == name || (key.name.starts_with('*') && name.ends_with(key.name.substr(1)));
  };
  const auto exact = std::ranges::find(keys, name, &KnownKey::name);
  const auto found = exact != keys.end() ? exact : std::ranges::find_if(keys, fits);
  return found == keys.end() ? nullptr : &*found;
}

std::vector<std::string> check_keys(const JsonField& object, const KnownKeys& known) {
  std::vector<std::string> unknown;
  for (const auto& [name, value] : object.object().json().items()) {
    const KnownKey* const key = known.find(name);
    if (key == nullptr) {
      unknown.push_back(name);
    } else if (key->use == KeyUse::refused && !is_supported(value, *key)) {
      const std::string found = printable(value.dump());
      require(key->supported.empty(), "{}: {} is {}, mini_bert supports {}; choose another model", object.place(), name,
              found, key->supported);
      fail("{}: {} is {}, which mini_bert does not support; choose another model", object.place(), name, found);
    }
  }
  return unknown;
}

}  // namespace mini_bert
