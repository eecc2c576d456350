#include "mini_bert/bert/data/utf8.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "mini_bert/base/error.h"

namespace mini_bert {
namespace {

struct Decoded {
  char32_t character = 0;
  std::size_t length = 0;  // 0: not UTF-8
};

Decoded decode(std::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  const unsigned first = byte(0);
  if (first < 0x80) return {first, 1};
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  constexpr char32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  if (first < 0xc2 || first > 0xf4 || length > text.size()) return {};
  char32_t character = first & (0xffu >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {};
    character = (character << 6) | (byte(i) & 0x3f);
  }
  const bool surrogate = 0xd800 <= character && character <= 0xdfff;
  if (character < least[length] || character > 0x10ffff || surrogate) return {};
  return {character, length};
}

// White space as Python's str.isspace() has it.
bool is_space(char32_t c) {
  return (0x09 <= c && c <= 0x0d) || (0x1c <= c && c <= 0x20) || c == 0x85 || c == 0xa0 || c == 0x1680 ||
         (0x2000 <= c && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x3000;
}

}  // namespace

std::size_t find_invalid_utf8(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    if (text.size() - at >= 8) {  // eight ASCII characters at once
      std::uint64_t word = 0;
      std::memcpy(&word, text.data() + at, 8);
      if ((word & 0x8080808080808080u) == 0) {
        at += 8;
        continue;
      }
    }
    const std::size_t length = decode(text.substr(at, 4)).length;
    if (length == 0) return at;
    at += length;
  }
  return at;
}

std::string_view require_utf8(std::string_view bytes, const std::string& path) {
  require(!bytes.starts_with("\xff\xfe") && !bytes.starts_with("\xfe\xff"),
          "{}: looks like UTF-16, expected UTF-8; convert it: iconv -f UTF-16 -t UTF-8", path);
  const std::size_t invalid = find_invalid_utf8(bytes);
  if (invalid < bytes.size()) {
    fail(
        "{}: byte {} (0x{:02x}, in line {}) is not UTF-8; save the file as UTF-8, or, if it is GBK, convert it: iconv "
        "-f GB18030 -t UTF-8",
        path, invalid, static_cast<unsigned char>(bytes[invalid]),
        1 + std::count(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(invalid), '\n'));
  }
  if (bytes.starts_with("\xef\xbb\xbf")) bytes.remove_prefix(3);
  return bytes;
}

bool is_blank(std::string_view text) {
  while (!text.empty()) {
    const Decoded next = decode(text.substr(0, 4));
    if (next.length == 0 || !is_space(next.character)) return false;
    text.remove_prefix(next.length);
  }
  return true;
}

}  // namespace mini_bert
