#include "mini_bert/base/json.h"

#include <set>
#include <vector>

#include "mini_bert/base/file_error.h"
#include "mini_bert/base/json_position.h"

namespace mini_bert {

using nlohmann::json;

json parse_json(std::string_view text, const std::string& name, int most_depth) {
  refuse_zero_bytes(text, name);
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
    fail("{}: not JSON, {}: {}; correct the file", name, to_string(locate(text, error.byte)),
         json_reason(error.what()));
  } catch (const json::exception& error) {  // a number out of range
    fail("{}: not JSON: {}; correct the file", name, json_reason(error.what()));
  }
}

}  // namespace mini_bert
