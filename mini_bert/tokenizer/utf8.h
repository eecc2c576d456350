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

// One code point read from UTF-8; length is 0 where the bytes are ill-formed.
struct CodePoint {
  char32_t value = 0;
  uint32_t length = 0;
};

// Reads the code point that starts at `position`. Ill-formed (length 0): a stray continuation byte, a sequence cut
// short, an overlong form, a surrogate, a value beyond U+10FFFF. The Unicode Standard 15.0, table 3-7.
CodePoint read_code_point(std::string_view text, size_t position);

// The same for text that is known to be well-formed, in which a code point starts at `position`.
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

// Appends the UTF-8 form of one code point.
void append_utf8(std::string& text, char32_t code_point);

// Number of code points of well-formed UTF-8.
size_t count_code_points(std::string_view text);

// Byte ranges of `text` as ranges in code points, which is how Python counts. Takes one pass over the text when the
// ranges are sorted; each that lies before the one in front of it begins a new pass.
std::vector<TextRange> to_code_points(std::string_view text, std::span<const TextRange> byte_ranges);

}  // namespace mini_bert
