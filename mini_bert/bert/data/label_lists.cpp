#include "mini_bert/bert/data/label_lists.h"

#include <algorithm>
#include <optional>

#include "mini_bert/base/error.h"
#include "mini_bert/base/file_error.h"
#include "mini_bert/base/json.h"
#include "mini_bert/base/utf8.h"

namespace mini_bert {
namespace {

using nlohmann::json;

void add_label(std::string_view text, std::vector<std::string>& labels) {
  std::string label = trimmed(text);
  if (!label.empty()) labels.push_back(std::move(label));
}

// In a list of nothing but true and false, these are the ones and zeros of a vector.
std::vector<std::string> from_json(const json& list, const std::string& place) {
  const bool is_vector = std::ranges::all_of(list, [](const json& entry) { return entry.is_boolean(); });
  std::vector<std::string> labels;
  for (const json& entry : list) {
    require(!entry.is_structured(), "{}: a label is {}, expected a text or a number", place,
            entry.dump().substr(0, 40));
    if (is_vector) {
      labels.emplace_back(entry.get<bool>() ? "1" : "0");
    } else if (!entry.is_null()) {
      add_label(entry.is_string() ? entry.get<std::string>() : entry.dump(), labels);
    }
  }
  return labels;
}

// {"a": 1, "b": 0}: the labels whose value is 1 or true.
std::vector<std::string> from_object(const json& object, const std::string& place) {
  std::vector<std::string> labels;
  for (const auto& [label, value] : object.items()) {
    const double bit = value.is_boolean() ? value.get<bool>() : value.is_number() ? value.get<double>() : -1;
    require(bit == 0 || bit == 1, "{}: the labels are an object with {} for {}, expected 0 or 1, or a list of labels",
            place, value.dump().substr(0, 40), in_quotes(label));
    if (bit == 1) add_label(label, labels);
  }
  return labels;
}

// What stands between the brackets of a list that Python printed: quoted texts, or words with commas or blanks between
// them. A backslash in quotes stands before a quote or another backslash.
std::vector<std::string> from_python(std::string_view inner, const std::string& place) {
  const bool has_commas = inner.find(',') != std::string_view::npos;
  std::vector<std::string> labels;
  std::string label;
  for (std::size_t at = 0; at < inner.size(); ++at) {
    const char c = inner[at];
    if ((c == '\'' || c == '"') && is_blank(label)) {
      label.clear();
      for (++at; at < inner.size() && inner[at] != c; ++at) {
        if (inner[at] == '\\' && at + 1 < inner.size()) ++at;
        label += inner[at];
      }
      require(at < inner.size(), "{}: the list of labels [{}] has a quote that is never closed", place,
              printable(inner));
      add_label(label, labels);
      label.clear();
    } else if (c == ',' || (!has_commas && (c == ' ' || c == '\n'))) {
      add_label(label, labels);
      label.clear();
    } else {
      label += c;
    }
  }
  add_label(label, labels);
  const auto is_truth = [](const std::string& entry) { return entry == "True" || entry == "False"; };
  if (std::ranges::all_of(labels, is_truth)) {  // a vector, as in from_json()
    for (std::string& entry : labels) entry = entry == "True" ? "1" : "0";
  }
  return labels;
}

}  // namespace

std::string trimmed(std::string_view text) {
  std::size_t begin = text.size(), end = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = std::max<std::size_t>(read_code_point(text, at).length, 1);
    if (!is_blank(text.substr(at, length))) {
      begin = std::min(begin, at);
      end = at + length;
    }
    at += length;
  }
  return end == 0 ? "" : std::string(text.substr(begin, end - begin));
}

std::vector<std::string> read_label_list(const Field& cell, const std::string& place) {
  const std::string text = trimmed(cell.value);
  if (!cell.is_text && text == "null") return {};
  if (text.starts_with('[') && text.ends_with(']')) {
    const std::optional<json> list = json_if_valid(text);
    if (list && list->is_array()) return from_json(*list, place);
    return from_python(std::string_view(text).substr(1, text.size() - 2), place);
  }
  if (text.starts_with('{') && text.ends_with('}')) {
    const std::optional<json> object = json_if_valid(text);
    if (object && object->is_object()) return from_object(*object, place);
  }
  constexpr std::string_view wide_comma = "，";
  std::vector<std::string> labels;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t comma = text.find(',', begin), wide = text.find(wide_comma, begin);
    const std::size_t end = std::min({comma, wide, text.size()});
    add_label(std::string_view(text).substr(begin, end - begin), labels);
    begin = end + (wide < comma ? wide_comma.size() : 1);
  }
  return labels;
}

bool is_label_vector(const std::vector<std::string>& labels) {
  return labels.size() > 1 && std::ranges::all_of(labels, [](const std::string& label) {
           return label == "0" || label == "1" || label == "0.0" || label == "1.0" || label == "0." || label == "1.";
         });
}

std::vector<std::string> labels_of_vector(const std::vector<std::string>& vector,
                                          const std::vector<std::string>& names) {
  std::vector<std::string> labels;
  for (std::size_t i = 0; i < vector.size(); ++i) {
    if (vector[i].starts_with('1')) labels.push_back(names.at(i));
  }
  return labels;
}

}  // namespace mini_bert
