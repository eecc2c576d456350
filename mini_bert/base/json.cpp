#include "mini_bert/base/json.h"

#include <set>
#include <string>
#include <utility>
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

// Checks the structure while it is read. Functions that copy, compare and print JSON call themselves for each level, so
// the depth must have a limit.
class StructureCheck {
 public:
  StructureCheck(std::string name, int most_depth) : name_(std::move(name)), most_depth_(most_depth) {}

  bool operator()(int depth, json::parse_event_t event, json& value) {
    switch (event) {
      case json::parse_event_t::object_start:
        open_objects_.emplace_back();
        [[fallthrough]];
      case json::parse_event_t::array_start:
        require(depth < most_depth_, "{}: JSON nested deeper than {} levels; is it the right file?", name_,
                most_depth_);
        break;
      case json::parse_event_t::object_end:
        open_objects_.pop_back();
        break;
      case json::parse_event_t::key: {
        const auto& key = value.get_ref<const std::string&>();
        require(open_objects_.back().insert(key).second, "{}: key {} occurs twice; keep one of them", name_,
                in_quotes(key));
        break;
      }
      default:
        break;
    }
    return true;
  }

 private:
  std::string name_;
  int most_depth_;
  std::vector<std::set<std::string>> open_objects_;
};

}  // namespace

std::optional<json> json_if_valid(std::string_view text, int most_depth) {
  if (!json::accept(text)) return std::nullopt;  // cheaper than an exception
  try {
    return parse_json(text, std::string(), most_depth);
  } catch (const Error&) {
    return std::nullopt;
  }
}

json parse_json(std::string_view text, const std::string& name, int most_depth) {
  return parse_json(text, JsonSource{.name = name}, most_depth);
}

json parse_json(std::string_view text, const JsonSource& source, int most_depth) {
  refuse_zero_bytes(text, source.name, source.line.value_or(1));
  const std::string name = source.line ? fmt::format("{}: line {}", source.name, *source.line) : source.name;
  try {
    return json::parse(text.begin(), text.end(), StructureCheck(name, most_depth));
  } catch (const json::parse_error& error) {
    fail("{}: not JSON, {}: {}; {}", source.name, place_of(text, error.byte, source), json_reason(error.what()),
         source.remedy);
  } catch (const json::exception& error) {  // a number out of range
    fail("{}: not JSON: {}; {}", name, json_reason(error.what()), source.remedy);
  }
}

}  // namespace mini_bert
