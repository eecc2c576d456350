#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace mini_bert {

// A JSON object read field by field. Every function throws a TokenizerError that names file and field when the value
// is of another kind than asked for; a field that is absent or null gives the fallback.
class JsonFields {
 public:
  JsonFields(const nlohmann::json& object, std::string where);

  bool has(const std::string& name) const;
  bool boolean(const std::string& name, bool fallback) const;
  std::optional<bool> optional_boolean(const std::string& name) const;
  std::string string(const std::string& name, const std::string& fallback) const;

  // A number in minimum..; larger ones than int32_t holds (1e30 means "no limit" to transformers) give its maximum.
  int32_t integer(const std::string& name, int32_t fallback, int32_t minimum) const;

  JsonFields object(const std::string& name) const;  // throws when it is absent
  const nlohmann::json& json() const { return *object_; }

  // Throws the error all of them throw: "<where>: <name> is <found>; expected <expected>".
  [[noreturn]] void fail(const std::string& name, const std::string& expected) const;
  const std::string& where() const { return where_; }

 private:
  const nlohmann::json* find(const std::string& name) const;
  const nlohmann::json* object_;
  std::string where_;  // file, and the path to this object
};

// Parses a file that must hold one JSON object. Throws TokenizerError with the byte where parsing failed.
nlohmann::json read_json_file(const std::filesystem::path& path);

}  // namespace mini_bert
