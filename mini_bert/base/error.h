#pragma once

#include <fmt/core.h>

#include <stdexcept>
#include <string>
#include <string_view>

namespace mini_bert {

// The text with its control characters escaped, "\x0a", so that it takes one line of a terminal and cannot move its
// cursor. A text that has been escaped stays as it is.
std::string one_line(std::string_view text);

// The library's one exception: a mistake of its caller or of a file. what() is one line that says where, what was found
// and what was expected; one_line() makes it so, because a message may quote a file. Classes derived from Error exist
// where somebody catches them.
class Error : public std::runtime_error {
 public:
  explicit Error(const std::string& message);
};

// Throws Error with the formatted text. Not a template, so that a check costs its caller little code.
[[noreturn]] void throw_error(fmt::string_view format, fmt::format_args args);

template <class... Args>
[[noreturn]] void fail(fmt::format_string<Args...> format, Args&&... args) {
  throw_error(format, fmt::make_format_args(args...));
}

// Throws Error unless `condition` holds: require(y.shape() == x.shape(), "add: y must be {}, got {}", …).
template <class... Args>
void require(bool condition, fmt::format_string<Args...> format, Args&&... args) {
  if (!condition) throw_error(format, fmt::make_format_args(args...));
}

}  // namespace mini_bert
