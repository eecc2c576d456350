#pragma once

#include <optional>
#include <string_view>

namespace mini_bert {

// The decimal number that is the whole of a text, as std::from_chars reads it: no white space, no plus sign, no
// hexadecimal digits, whatever the locale. Empty if the text is anything else, or a number outside the range of T.
// <T> is float or double.
template <class T>
std::optional<T> number_from(std::string_view text);

}  // namespace mini_bert
