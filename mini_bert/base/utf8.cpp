#include "mini_bert/base/utf8.h"

#include <algorithm>
#include <cstring>

#include "mini_bert/base/error.h"

namespace mini_bert {
namespace {

// Whether eight bytes of ASCII start at `position`.
bool eight_ascii(std::string_view text, size_t position) {
  if (text.size() - position < 8) return false;
  uint64_t bytes;
  std::memcpy(&bytes, text.data() + position, 8);
  return (bytes & 0x8080808080808080u) == 0;
}

bool is_python_space(char32_t c) {
  return (0x09 <= c && c <= 0x0d) || (0x1c <= c && c <= 0x20) || c == 0x85 || c == 0xa0 || c == 0x1680 ||
         (0x2000 <= c && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x3000;
}

}  // namespace

CodePoint read_code_point(std::string_view text, size_t position) {
  if (position >= text.size()) return {};
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[position + i]); };
  const auto continues = [&](size_t i) { return is_continuation(text[position + i]); };
  const size_t left = text.size() - position;
  const unsigned char first = byte(0);
  if (first < 0x80) return {first, 1};
  // Bounds on the second byte rule out overlong forms (E0, F0), surrogates (ED) and values above U+10FFFF (F4).
  if (first < 0xC2 || first > 0xF4) return {};
  if (first < 0xE0) {
    if (left < 2 || !continues(1)) return {};
    return {static_cast<char32_t>((first & 0x1F) << 6 | (byte(1) & 0x3F)), 2};
  }
  if (first < 0xF0) {
    if (left < 3 || !continues(1) || !continues(2)) return {};
    if ((first == 0xE0 && byte(1) < 0xA0) || (first == 0xED && byte(1) > 0x9F)) return {};
    return {static_cast<char32_t>((first & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F)), 3};
  }
  if (left < 4 || !continues(1) || !continues(2) || !continues(3)) return {};
  if ((first == 0xF0 && byte(1) < 0x90) || (first == 0xF4 && byte(1) > 0x8F)) return {};
  return {
      static_cast<char32_t>((first & 0x07) << 18 | (byte(1) & 0x3F) << 12 | (byte(2) & 0x3F) << 6 | (byte(3) & 0x3F)),
      4};
}

size_t find_ill_formed(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    if (eight_ascii(text, i)) {
      i += 8;
      continue;
    }
    const uint32_t length = read_code_point(text, i).length;
    if (length == 0) return i;
    i += length;
  }
  return std::string_view::npos;
}

std::string_view require_utf8(std::string_view bytes, const std::string& path) {
  require(!bytes.starts_with("\xff\xfe") && !bytes.starts_with("\xfe\xff"),
          "{}: looks like UTF-16, expected UTF-8; convert it: iconv -f UTF-16 -t UTF-8", path);
  const size_t wrong = find_ill_formed(bytes);
  if (wrong != std::string_view::npos) {
    fail(
        "{}: byte {} (0x{:02x}, in line {}) is not UTF-8; save the file as UTF-8, or, if it is GBK, convert it: iconv "
        "-f GB18030 -t UTF-8",
        path, wrong, static_cast<unsigned char>(bytes[wrong]), 1 + std::ranges::count(bytes.substr(0, wrong), '\n'));
  }
  if (bytes.starts_with("\xef\xbb\xbf")) bytes.remove_prefix(3);
  return bytes;
}

bool is_blank(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    const CodePoint next = read_code_point(text, i);
    if (next.length == 0 || !is_python_space(next.value)) return false;
    i += next.length;
  }
  return true;
}

void append_utf8(std::string& text, char32_t c) {
  if (c < 0x80) {
    text += static_cast<char>(c);
  } else if (c < 0x800) {
    text += static_cast<char>(0xC0 | c >> 6);
    text += static_cast<char>(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    text += static_cast<char>(0xE0 | c >> 12);
    text += static_cast<char>(0x80 | (c >> 6 & 0x3F));
    text += static_cast<char>(0x80 | (c & 0x3F));
  } else {
    text += static_cast<char>(0xF0 | c >> 18);
    text += static_cast<char>(0x80 | (c >> 12 & 0x3F));
    text += static_cast<char>(0x80 | (c >> 6 & 0x3F));
    text += static_cast<char>(0x80 | (c & 0x3F));
  }
}

size_t count_code_points(std::string_view text) {
  size_t count = 0;
  for (const char c : text) count += !is_continuation(c);
  return count;
}

std::vector<TextRange> to_code_points(std::string_view text, std::span<const TextRange> byte_ranges) {
  std::vector<TextRange> ranges;
  ranges.reserve(byte_ranges.size());
  // The position that the last count reached. The next count continues there, or at 0 if its end lies before.
  uint32_t bytes = 0;
  uint32_t code_points = 0;
  const auto count_until = [&](uint32_t end) {
    if (end < bytes) bytes = code_points = 0;
    code_points += static_cast<uint32_t>(count_code_points(text.substr(bytes, end - bytes)));
    bytes = end;
    return code_points;
  };
  for (const TextRange& range : byte_ranges) {
    const uint32_t begin = count_until(range.begin);
    ranges.push_back({begin, count_until(range.end)});
  }
  return ranges;
}

}  // namespace mini_bert
