#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mini_bert {

// Where the first byte lies that is not part of well-formed UTF-8 (Unicode 15, table 3-7: no overlong forms, no
// surrogates, nothing above U+10FFFF); text.size() when all is well.
std::size_t find_invalid_utf8(std::string_view text);

// Error, naming the byte and its line, unless the file's bytes are UTF-8. Returns them without a byte order mark.
std::string_view require_utf8(std::string_view bytes, const std::string& path);

// Whether a UTF-8 text is empty or holds nothing but white space, that of Chinese and Japanese (U+3000) included.
bool is_blank(std::string_view text);

}  // namespace mini_bert
