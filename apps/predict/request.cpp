#include "apps/predict/request.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "mini_bert/base/file_error.h"
#include "mini_bert/base/json.h"
#include "mini_bert/base/utf8.h"

namespace mini_bert {
namespace {

// Flags of mini_bert_predict that a program might expect to set for one request.
constexpr std::array setting_names = {
    "aggregation",   "aggregation_strategy",     "beam",      "doc_stride", "joint",   "max_blank_length",
    "may_be_absent", "handle_impossible_answer", "normalize", "pooling",    "targets", "top_k"};

// Keys that predictors read, whose values must be texts.
constexpr std::array text_names = {"text", "text_pair", "question", "context", "opening"};

// Whether a person or a program meant a JSON object: "{" and then a quotation mark or "}". "{你好}" is a text.
bool looks_like_object(std::string_view line) {
  constexpr std::string_view blanks = " \t";
  const std::size_t open = line.find_first_not_of(blanks);
  if (open == line.npos || line[open] != '{') return false;
  const std::size_t next = line.find_first_not_of(blanks, open + 1);
  return next != line.npos && (line[next] == '"' || line[next] == '}');
}

std::string key_list(const Request& request) {
  std::string list;
  for (const auto& [name, value] : request.fields) list += (list.empty() ? "" : ", ") + name;
  return list.empty() ? "none" : list;
}

void read_choices(const nlohmann::json& value, Request& request) {
  const bool texts =
      value.is_array() && std::ranges::all_of(value, [](const nlohmann::json& choice) { return choice.is_string(); });
  require(texts, "\"choices\" must be a list of texts");
  request.choices = value.get<std::vector<std::string>>();
}

void read_object(const std::string& line, Request& request) {
  const nlohmann::json object = parse_json(line, "the request");
  request.is_object = true;
  if (const auto id = object.find("id"); id != object.end()) request.id = id->dump();
  for (const auto& [name, value] : object.items()) {
    if (name == "choices") {
      read_choices(value, request);
    } else if (value.is_string() && name != "id") {
      request.fields.emplace(name, value.get<std::string>());
    } else if (!value.is_null()) {
      require(std::ranges::find(text_names, name) == text_names.end(), "\"{}\" of the request is {}, expected a text",
              name, value.dump().substr(0, 40));
    }
    require(std::ranges::find(setting_names, name) == setting_names.end(),
            "\"{}\" is a flag of the program, which a request cannot change", name);
  }
}

}  // namespace

const std::string* Request::find(std::string_view name) const {
  const auto found = fields.find(name);
  return found == fields.end() ? nullptr : &found->second;
}

const std::string& Request::field(std::string_view name) const {
  const std::string* const found = find(name);
  require(found != nullptr, "the request has no text \"{}\" (texts it has: {})", name, key_list(*this));
  require(!is_blank(*found), "\"{}\" of the request is empty", name);
  return *found;
}

std::vector<std::string> texts_of(std::span<const Request> requests) {
  std::vector<std::string> texts;
  for (const Request& request : requests) texts.push_back(request.whole_text());
  return texts;
}

Request broken_request(std::string problem, std::string id) {
  return {.place = {}, .text = {}, .problem = std::move(problem), .is_mistake = true, .id = std::move(id)};
}

Request text_request(std::string line, std::string place) {
  Request request{.place = std::move(place), .text = std::move(line)};
  const std::size_t ill_formed = find_ill_formed(request.text);
  if (ill_formed != std::string::npos) {
    request.problem = fmt::format("byte {} is not UTF-8; convert the text to UTF-8", ill_formed);
  } else if (is_blank(request.text)) {
    request.problem = "the text is empty";
  }
  return request;
}

Request json_request(std::string line, std::string place) {
  Request request = text_request(std::move(line), std::move(place));
  if (!request.problem.empty() || !looks_like_object(request.text)) return request;
  const std::string object = std::move(request.text);
  request.text.clear();
  try {
    read_object(object, request);
  } catch (const Error& error) {
    request.problem = error.what();
  }
  return request;
}

}  // namespace mini_bert
