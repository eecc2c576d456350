#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace mini_bert {

// Parses a JSON text that came from outside. Error, with `name` (the path), line and column, when it is not JSON, when
// an object has a key twice, or when it is nested deeper than `most_depth`. For .cpp files only: the include is heavy.
nlohmann::json parse_json(std::string_view text, const std::string& name, int most_depth = 32);

}  // namespace mini_bert
