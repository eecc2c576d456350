#include "mini_bert/base/json.h"

#include <set>
#include <vector>

#include "mini_bert/base/file_error.h"
#include "mini_bert/base/json_position.h"

namespace mini_bert {

using nlohmann::json;

namespace {

// "line 3 column 14" of the file, or "column 14".
std::string place_of(std::string_view text, std::size_t byte, const JsonSource& source) {
  TextPosition position = locate(text, byte);
  if (source.is_line) return fmt::format("column {}", position.column);
  position.line += source.line.value_or(1) - 1;
  return to_string(position);
}

}  // namespace

json parse_json(std::string_view text, const std::string& name, int most_depth) {
  return parse_json(text, JsonSource{.name = name}, most_depth);
}

json parse_json(std::string_view text, const JsonSource& source, int most_depth) {
  refuse_zero_bytes(text, source.name, source.line.value_or(1));
  const std::string name = source.line ? fmt::format("{}: line {}", source.name, *source.line) : source.name;
  std::vector<std::set<std::string>> open_objects;
  const auto check = [&](int depth, json::parse_event_t event, json& value) {
    switch (event) {
      case json::parse_event_t::object_start:
        open_objects.emplace_back();
        [[fallthrough]];
      case json::parse_event_t::array_start:
        require(depth < most_depth, "{}: JSON nested deeper than {} levels; is it the right file?", name, most_depth);
        break;
      case json::parse_event_t::object_end:
        open_objects.pop_back();
        break;
      case json::parse_event_t::key: {
        const auto& key = value.get_ref<const std::string&>();
        require(open_objects.back().insert(key).second, "{}: key {} occurs twice; keep one of them", name,
                in_quotes(key));
        break;
      }
      default:
        break;
    }
    return true;
  };
  try {
    return json::parse(text.begin(), text.end(), check);
  } catch (const json::parse_error& error) {
    fail("{}: not JSON, {}: {}; {}", source.name, place_of(text, error.byte, source), json_reason(error.what()),
         source.remedy);
  } catch (const json::exception& error) {  // a number out of range
    fail("{}: not JSON: {}; {}", name, json_reason(error.what()), source.remedy);
  }
}

}  // namespace mini_bert
