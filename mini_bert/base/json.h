#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace mini_bert {

// Parses the text of a JSON file. Error, with `name` (the path), line and column, when it is not JSON, when an object
// has a key twice, or when values are nested deeper than `most_depth`. json_fields.h reads the result.
nlohmann::json parse_json(std::string_view text, const std::string& name, int most_depth = 32);

}  // namespace mini_bert
