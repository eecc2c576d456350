#pragma once

#include <algorithm>
#include <string>

namespace mini_bert {

// CLI11 takes a value such as "[MASK] and [MASK]" for a list, "{}" for no value and "-x" for a flag. So it never sees
// the values that were typed: each gets a cover, a control character in front, until it has been assigned to its flag.
constexpr char value_cover = '\x01';

inline std::string covered(const std::string& value) {
  return value_cover + value;
}

inline std::string uncovered(std::string value) {
  if (value.starts_with(value_cover)) value.erase(0, 1);
  return value;
}

// A message of CLI11 about covered values.
inline std::string without_covers(std::string message) {
  std::erase(message, value_cover);
  return message;
}

}  // namespace mini_bert
