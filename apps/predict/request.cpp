#include "apps/predict/request.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "mini_bert/base/file_error.h"
#include "mini_bert/base/json.h"
#include "mini_bert/base/utf8.h"

namespace mini_bert {
namespace {

// Flags of mini_bert_predict that a program might expect to set for one request.
constexpr std::array setting_names = {"aggregation",
                                      "aggregation_strategy",
                                      "beam",
                                      "doc_stride",
                                      "joint",
                                      "max_length",
                                      "max_blank_length",
                                      "normalize",
                                      "may_be_absent",
                                      "handle_impossible_answer",
                                      "pairs",
                                      "pooling",
                                      "precision",
                                      "prompt_name",
                                      "return_all_scores",
                                      "targets",
                                      "threads",
                                      "top_k",
                                      "truncation"};

// Keys that predictors read, whose values must be texts.
constexpr std::array text_names = {"text", "text_pair", "question", "context", "opening"};

constexpr std::string_view blanks = " \t";

bool is_text_name(std::string_view name) {
  return std::ranges::find(text_names, name) != text_names.end();
}

// "{'text': …" as Python prints it, or "{text: …" as JavaScript's source has it. "{你好}" is a text.
bool looks_like_other_object(std::string_view line) {
  std::size_t at = line.find_first_not_of(blanks);
  if (at == line.npos || line[at] != '{') return false;
  at = line.find_first_not_of(blanks, at + 1);
  if (at == line.npos) return false;
  const bool is_quoted = line[at] == '\'';
  std::string_view name = line.substr(at + (is_quoted ? 1 : 0));
  const std::size_t end = name.find_first_of(is_quoted ? "'" : " \t:");
  if (end == name.npos) return false;
  const std::string_view rest = name.substr(end + (is_quoted ? 1 : 0));
  name = name.substr(0, end);
  const std::size_t colon = rest.find_first_not_of(blanks);
  return colon != rest.npos && rest[colon] == ':' && (is_text_name(name) || name == "id" || name == "choices");
}

// The form in which a text under this name is sent.
std::string example(std::string_view name) {
  if (name == "text_pair") return R"(send {"text": "…", "text_pair": "…"})";
  if (name == "question" || name == "context") return R"(send {"question": "…", "context": "…"})";
  if (name == "choices") return R"(send {"context": "…", "question": "…", "choices": ["…", "…"]})";
  return fmt::format(R"(send {{"{}": "…"}})", name);
}

void read_choices(const nlohmann::json& value, Request& request) {
  const bool texts =
      value.is_array() && std::ranges::all_of(value, [](const nlohmann::json& choice) { return choice.is_string(); });
  require(texts, "\"choices\" of the request is {}, expected a list of texts; {}", value.dump().substr(0, 40),
          example("choices"));
  request.choices = value.get<std::vector<std::string>>();
}

// A number that JSON's parsers, also this one, round would not come back as it was sent.
void read_id(const nlohmann::json& value, Request& request) {
  constexpr double exact = 9007199254740992;  // 2^53
  require(!value.is_number_float() || std::abs(value.get<double>()) < exact,
          "\"id\" of the request is a number of more than 64 bits, which is rounded; send it as a text");
  request.id = value.dump();
}

void refuse_setting(const std::string& name, const nlohmann::json& value) {
  const auto is_setting = [](std::string_view key) {
    return std::ranges::find(setting_names, key) != setting_names.end();
  };
  require(!is_setting(name), "\"{}\" is a flag of the program, which a request cannot change", name);
  if ((name != "parameters" && name != "options") || !value.is_object()) return;
  for (const auto& [key, ignored] : value.items()) refuse_setting(key, {});
}

void read_object(const std::string& line, Request& request) {
  const nlohmann::json object = parse_json(
      line, JsonSource{.name = "the request", .is_line = true, .remedy = R"(send one object a line: {"text": "…"})"});
  request.is_object = true;
  if (const auto id = object.find("id"); id != object.end()) read_id(*id, request);
  for (const auto& [name, value] : object.items()) {
    if (name != "id") request.names += (request.names.empty() ? "" : ", ") + in_quotes(name);
    if (value.is_null()) request.nulls.push_back(name);
    if (name == "choices") {
      read_choices(value, request);
    } else if (value.is_string() && name != "id") {
      request.fields.emplace(name, value.get<std::string>());
    } else if (!value.is_null()) {
      require(!is_text_name(name), "\"{}\" of the request is {}, expected a text; {}", name, value.dump().substr(0, 40),
              example(name));
    }
    refuse_setting(name, value);
  }
}

// A program may send a text as JSON does, in quotation marks, and lists by mistake. A list of one number is a text: it
// may be the mark of a footnote.
void read_other_json(Request& request) {
  const std::size_t first = request.text.find_first_not_of(blanks);
  const bool may_be_json = request.text[first] == '"' || request.text[first] == '[' || request.text.starts_with("null");
  const auto parsed = may_be_json ? json_if_valid(request.text) : std::nullopt;
  if (!parsed) return;
  const nlohmann::json& value = *parsed;
  if (value.is_string()) {
    request.text = value.get<std::string>();
    if (is_blank(request.text)) request.problem = "the text is empty";
    return;
  }
  if (value.is_array() && value.size() == 1 && value.front().is_number()) return;
  request.problem =
      fmt::format("the line is {}, expected one text or one object; send {}", value.is_null() ? "null" : "a list",
                  value.is_null() ? R"({"text": "…"})" : R"(each text on a line of its own, or as {"text": "…"})");
}

}  // namespace

const std::string* Request::find(std::string_view name) const {
  const auto found = fields.find(name);
  return found == fields.end() ? nullptr : &found->second;
}

const std::string& Request::field(std::string_view name) const {
  const std::string* const found = find(name);
  const bool is_null = std::ranges::find(nulls, name) != nulls.end();
  require(!is_null, "\"{}\" of the request is null, expected a text; {}", name, example(name));
  require(found != nullptr, "the request has no text \"{}\"{}{}; {}", name, names.empty() ? "" : ", but ", names,
          example(name));
  require(!is_blank(*found), "\"{}\" of the request is empty", name);
  return *found;
}

std::vector<std::string> texts_of(std::span<const Request> requests) {
  std::vector<std::string> texts;
  for (const Request& request : requests) texts.push_back(request.whole_text());
  return texts;
}

// Whether a person or a program meant a JSON object: "{" and then a quotation mark or "}". "{你好}" is a text.
bool looks_like_object(std::string_view line) {
  const std::size_t open = line.find_first_not_of(blanks);
  if (open == line.npos || line[open] != '{') return false;
  const std::size_t next = line.find_first_not_of(blanks, open + 1);
  return next != line.npos && (line[next] == '"' || line[next] == '}');
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
  if (!request.problem.empty()) return request;
  if (looks_like_other_object(request.text)) {
    request.problem = R"(the keys of the object are not in double quotes, as JSON has them; send {"text": "…"})";
    return request;
  }
  if (!looks_like_object(request.text)) {
    read_other_json(request);
    return request;
  }
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
