#include "mini_bert/base/number.h"

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <string>
#include <type_traits>

namespace mini_bert {

#ifdef __cpp_lib_to_chars

template <class T>
std::optional<T> number_from(std::string_view text) {
  T value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

#else

// LLVM's library, which emscripten uses, reads only integers by from_chars. The locale of a WebAssembly program is
// always "C".
template <class T>
std::optional<T> number_from(std::string_view text) {
  // What strtod reads and from_chars does not.
  if (text.empty() || text[0] == '+' || text.find_first_of("xX \t\n\v\f\r") != std::string_view::npos)
    return std::nullopt;
  const std::string terminated(text);
  char* end = nullptr;
  errno = 0;
  T value;
  if constexpr (std::is_same_v<T, float>) {
    value = std::strtof(terminated.c_str(), &end);
  } else {
    value = std::strtod(terminated.c_str(), &end);
  }
  return errno == 0 && end == terminated.c_str() + terminated.size() ? std::optional(value) : std::nullopt;
}

#endif

template std::optional<float> number_from(std::string_view text);
template std::optional<double> number_from(std::string_view text);

}  // namespace mini_bert
