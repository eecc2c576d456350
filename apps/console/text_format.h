#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "mini_bert/base/format_count.h"

// Numbers and columns for people.
namespace mini_bert {

std::string counted(std::int64_t count, std::string_view thing);  // "1 text", "1,200 texts"
std::string format_duration(double seconds);                      // "0.8 s", "42 s", "3 min 05 s", "2 h 10 min"
std::string format_percent(double share);                         // "43.1 %"

// The number of terminal columns of a UTF-8 text: two for a Chinese character, none for a combining mark.
std::size_t display_width(std::string_view text);

// Pads the text with spaces to `width` columns.
std::string pad_right(std::string_view text, std::size_t width);

}  // namespace mini_bert
