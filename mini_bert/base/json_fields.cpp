#include "mini_bert/base/json_fields.h"

#include <utility>

#include "mini_bert/base/error.h"
#include "mini_bert/base/file_error.h"

namespace mini_bert {
namespace {

// A value in few words, for a message.
std::string excerpt(const nlohmann::json& value) {
  if (value.is_string()) return in_quotes(value.get_ref<const std::string&>());
  if (value.is_object()) return "an object";
  if (value.is_array()) return "an array";
  return value.dump();
}

}  // namespace

bool JsonField::boolean() const {
  if (!value_->is_boolean()) fail("true or false");
  return value_->get<bool>();
}

std::string JsonField::text() const {
  if (!value_->is_string()) fail("a text");
  return value_->get<std::string>();
}

double JsonField::number() const {
  if (!value_->is_number()) fail("a number");
  return value_->get<double>();
}

std::int64_t JsonField::integer(std::int64_t least, std::int64_t most) const {
  const bool fits = value_->is_number_integer() &&
                    (!value_->is_number_unsigned() || std::in_range<std::int64_t>(value_->get<std::uint64_t>()));
  const std::int64_t value = fits ? value_->get<std::int64_t>() : 0;
  if (fits && least <= value && value <= most) return value;
  const bool bounded_below = least > std::numeric_limits<std::int64_t>::min();
  const bool bounded_above = most < std::numeric_limits<std::int64_t>::max();
  if (bounded_below && bounded_above) fail(fmt::format("a whole number from {} to {}", least, most));
  fail(bounded_below ? fmt::format("a whole number from {} up", least) : "a whole number");
}

void JsonField::get(std::int32_t& target) const {
  using Limits = std::numeric_limits<std::int32_t>;
  target = static_cast<std::int32_t>(integer(Limits::min(), Limits::max()));
}

std::vector<JsonField> JsonField::elements() const {
  array();
  std::vector<JsonField> elements;
  elements.reserve(value_->size());
  for (const nlohmann::json& element : *value_) {
    elements.emplace_back(element, fmt::format("{}: element {}", place_, elements.size() + 1), remedy_);
  }
  return elements;
}

std::optional<JsonField> JsonField::find(const std::string& name) const {
  object();
  const auto found = value_->find(name);
  if (found == value_->end() || found->is_null()) return std::nullopt;
  return JsonField(*found, place_ + ": " + printable(name), remedy_);
}

JsonField JsonField::at(const std::string& name) const {
  object();
  const auto found = value_->find(name);
  if (found == value_->end()) mini_bert::fail("{}: {} is missing; {}", place_, printable(name), remedy_);
  return {*found, place_ + ": " + printable(name), remedy_};
}

const JsonField& JsonField::object() const {
  if (!value_->is_object()) fail("an object");
  return *this;
}

const JsonField& JsonField::array() const {
  if (!value_->is_array()) fail("an array");
  return *this;
}

void JsonField::fail(const std::string& expected) const {
  mini_bert::fail("{} is {}, expected {}; {}", place_, excerpt(*value_), expected, remedy_);
}

void JsonField::fail(const std::string& name, const std::string& expected) const {
  const auto found = value_->is_object() ? value_->find(name) : value_->end();
  mini_bert::fail("{}: {} is {}, expected {}; {}", place_, printable(name),
                  found == value_->end() ? "missing" : excerpt(*found), expected, remedy_);
}

}  // namespace mini_bert
