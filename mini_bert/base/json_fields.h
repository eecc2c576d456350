#pragma once

#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mini_bert {

// A value of a JSON file together with its place, "config.json: id2label: 0". Every function that reads the value
// throws Error "<place> is <found>, expected <expected>; <remedy>" when the value is of another kind or out of range,
// so no exception of the JSON library reaches the caller. For find and has, a member that is null is missing. The JSON
// must outlive the field, and the remedy is a literal.
class JsonField {
 public:
  JsonField(const nlohmann::json& value, std::string place, const char* remedy = "correct the file")
      : value_(&value), place_(std::move(place)), remedy_(remedy) {}

  // The value itself.
  bool boolean() const;
  std::string text() const;
  double number() const;
  // A whole number. A JSON number with a fraction or an exponent is none, however small it is.
  std::int64_t integer(std::int64_t least = std::numeric_limits<std::int64_t>::min(),
                       std::int64_t most = std::numeric_limits<std::int64_t>::max()) const;
  std::vector<JsonField> elements() const;  // of an array

  // Members of an object. find and has: Error when the value is no object. at: Error also when the member is missing.
  std::optional<JsonField> find(const std::string& name) const;
  bool has(const std::string& name) const { return find(name).has_value(); }
  JsonField at(const std::string& name) const;
  const JsonField& object() const;  // this field, once it is known to be an object
  const JsonField& array() const;   // this field, once it is known to be an array

  // Sets `target` to the member, or leaves it when the member is missing. The type of `target` says what the member
  // must be. A member that is null is an Error, except that it empties a std::optional.
  template <class T>
  void read(const std::string& name, T& target) const {
    if (object().json().contains(name)) at(name).get(target);
  }
  // Does the same, but also leaves `target` when the member is null.
  template <class T>
  void read_set(const std::string& name, T& target) const {
    if (const std::optional<JsonField> member = find(name)) member->get(target);
  }

  // The value as the type of `target`.
  void get(bool& target) const { target = boolean(); }
  void get(std::string& target) const { target = text(); }
  void get(double& target) const { target = number(); }
  void get(std::int64_t& target) const { target = integer(); }
  void get(std::int32_t& target) const;
  template <class T>
  void get(std::optional<T>& target) const {
    target.reset();
    if (!value_->is_null()) get(target.emplace());
  }
  template <class T>
  void get(std::vector<T>& target) const {
    target.clear();
    for (const JsonField& element : elements()) element.get(target.emplace_back());
  }

  // Throws the Error that says what was expected instead of this value, or of a member of this object.
  [[noreturn]] void fail(const std::string& expected) const;
  [[noreturn]] void fail(const std::string& name, const std::string& expected) const;

  const nlohmann::json& json() const { return *value_; }
  const std::string& place() const { return place_; }

 private:
  const nlohmann::json* value_;
  std::string place_;
  const char* remedy_;
};

}  // namespace mini_bert
