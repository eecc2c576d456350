#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

// Numbers and columns as people read them.
namespace mini_bert {

std::string format_count(std::int64_t count);  // "1,234,567"
std::string format_duration(double seconds);   // "0.8 s", "42 s", "3 min 05 s", "2 h 10 min"
std::string format_percent(double share);      // "43.1 %"

// Terminal columns a UTF-8 text takes: two for a Chinese character, none for a combining mark.
std::size_t display_width(std::string_view text);

// The text with spaces to fill `width` columns.
std::string pad_right(std::string_view text, std::size_t width);

}  // namespace mini_bert
