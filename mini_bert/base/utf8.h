#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mini_bert {

// A half-open range [begin, end) of a text, in bytes unless said otherwise.
struct TextRange {
  uint32_t begin = 0;
  uint32_t end = 0;
  bool operator==(const TextRange&) const = default;
};

// One code point and its length in bytes. The length is 0 where the bytes are ill-formed.
struct CodePoint {
  char32_t value = 0;
  uint32_t length = 0;
};

// Reads the code point that starts at `position`. Ill-formed (length 0): a stray continuation byte, a sequence cut
// short, an overlong form, a surrogate, a value beyond U+10FFFF. The Unicode Standard 15.0, table 3-7. Length 0 also at
// the end of the text.
CodePoint read_code_point(std::string_view text, size_t position);

// The same for a text that is known to be well-formed. A code point must start at `position`.
inline CodePoint decode(std::string_view text, size_t position) {
  const auto byte = [&](size_t i) { return static_cast<char32_t>(static_cast<unsigned char>(text[position + i])); };
  const char32_t first = byte(0);
  if (first < 0x80) return {first, 1};
  if (first < 0xE0) return {(first & 0x1F) << 6 | (byte(1) & 0x3F), 2};
  if (first < 0xF0) return {(first & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F), 3};
  return {(first & 0x07) << 18 | (byte(1) & 0x3F) << 12 | (byte(2) & 0x3F) << 6 | (byte(3) & 0x3F), 4};
}

// The position of the first ill-formed byte, or std::string_view::npos.
size_t find_ill_formed(std::string_view text);

// Checks the bytes of a text file and returns them without a byte order mark. Error, with the path, the byte and its
// line, when the bytes are not UTF-8.
std::string_view require_utf8(std::string_view bytes, const std::string& path);

// Whether a byte continues a code point, 10xxxxxx.
constexpr bool is_continuation(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}

// Whether a text is empty or holds nothing but white space, as Python's str.isspace() defines it. That includes the
// wide space of Chinese and Japanese (U+3000). False for an ill-formed text.
bool is_blank(std::string_view text);

// Appends the UTF-8 form of one code point.
void append_utf8(std::string& text, char32_t code_point);

// The number of code points in a well-formed text.
size_t count_code_points(std::string_view text);

// Converts byte ranges of `text` to ranges of code points, which Python counts in. Sorted ranges take one pass over the
// text. A range that begins before its predecessor starts a new pass.
std::vector<TextRange> to_code_points(std::string_view text, std::span<const TextRange> byte_ranges);

}  // namespace mini_bert
