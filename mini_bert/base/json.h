#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace mini_bert {

// Where a JSON text comes from, for messages.
struct JsonSource {
  std::string name;                      // "train.json"
  std::optional<std::size_t> line = {};  // of the file, if the text is one line of it
  bool is_line = false;                  // a line without a file: messages name the column alone
  const char* remedy = "correct the file";
};

// Parses a JSON text. Error, with the source, line and column, when it is not JSON, when an object has a key twice, or
// when values are nested deeper than `most_depth`. json_fields.h reads the result.
nlohmann::json parse_json(std::string_view text, const JsonSource& source, int most_depth = 32);
nlohmann::json parse_json(std::string_view text, const std::string& name, int most_depth = 32);

// The value of a text that may be JSON, such as a cell of a table. None where parse_json() throws.
std::optional<nlohmann::json> json_if_valid(std::string_view text, int most_depth = 32);

}  // namespace mini_bert
