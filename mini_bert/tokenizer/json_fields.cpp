#include "mini_bert/tokenizer/json_fields.h"

#include <fmt/core.h>

#include <limits>

#include "mini_bert/tokenizer/error.h"
#include "mini_bert/tokenizer/files.h"

namespace mini_bert {
namespace {

// A value as it stands in the file, cut to a length that fits a line.
std::string excerpt(const nlohmann::json* value) {
  if (!value) return "missing";
  std::string text = value->dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
  if (text.size() > 40) text = text.substr(0, 37) + "...";
  return text;
}

}  // namespace

JsonFields::JsonFields(const nlohmann::json& object, std::string where) : object_(&object), where_(std::move(where)) {
  if (!object.is_object()) {
    throw TokenizerError(fmt::format("{}: is {}; expected a JSON object", where_, excerpt(&object)));
  }
}

const nlohmann::json* JsonFields::find(const std::string& name) const {
  const auto found = object_->find(name);
  return found == object_->end() || found->is_null() ? nullptr : &*found;
}

void JsonFields::fail(const std::string& name, const std::string& expected) const {
  throw TokenizerError(fmt::format("{}: {} is {}; expected {}", where_, name, excerpt(find(name)), expected));
}

bool JsonFields::has(const std::string& name) const {
  return find(name) != nullptr;
}

bool JsonFields::boolean(const std::string& name, bool fallback) const {
  return optional_boolean(name).value_or(fallback);
}

std::optional<bool> JsonFields::optional_boolean(const std::string& name) const {
  const nlohmann::json* value = find(name);
  if (!value) return std::nullopt;
  if (!value->is_boolean()) fail(name, "true, false or null");
  return value->get<bool>();
}

std::string JsonFields::string(const std::string& name, const std::string& fallback) const {
  const nlohmann::json* value = find(name);
  if (!value) return fallback;
  if (!value->is_string()) fail(name, "a string");
  return value->get<std::string>();
}

int32_t JsonFields::integer(const std::string& name, int32_t fallback, int32_t minimum) const {
  const nlohmann::json* value = find(name);
  if (!value) return fallback;
  const double number = value->is_number() ? value->get<double>() : -1;
  if (!value->is_number() || number < minimum) fail(name, fmt::format("a number from {}", minimum));
  constexpr int32_t largest = std::numeric_limits<int32_t>::max();
  return number >= largest ? largest : static_cast<int32_t>(number);
}

JsonFields JsonFields::object(const std::string& name) const {
  const nlohmann::json* value = find(name);
  if (!value || !value->is_object()) fail(name, "an object");
  return {*value, where_ + ": " + name};
}

nlohmann::json read_json_file(const std::filesystem::path& path) {
  const std::string text = read_text_file(path);
  try {
    return nlohmann::json::parse(text);
  } catch (const nlohmann::json::parse_error& error) {
    throw TokenizerError(fmt::format("{}: is not JSON from byte {} on; restore the file", path.string(), error.byte));
  }
}

}  // namespace mini_bert
