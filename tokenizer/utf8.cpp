#include "tokenizer/utf8.h"

namespace mini_bert {
namespace {

bool is_continuation(unsigned char byte) {
  return (byte & 0xC0) == 0x80;
}

}  // namespace

CodePoint read_code_point(std::string_view text, size_t position) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[position + i]); };
  const size_t left = text.size() - position;
  const unsigned char first = byte(0);
  if (first < 0x80) return {first, 1};
  // The second byte's bounds are what rules out overlong forms (E0, F0), surrogates (ED) and values too large (F4).
  if (first < 0xC2 || first > 0xF4) return {};
  if (first < 0xE0) {
    if (left < 2 || !is_continuation(byte(1))) return {};
    return {static_cast<char32_t>((first & 0x1F) << 6 | (byte(1) & 0x3F)), 2};
  }
  if (first < 0xF0) {
    if (left < 3 || !is_continuation(byte(1)) || !is_continuation(byte(2))) return {};
    if ((first == 0xE0 && byte(1) < 0xA0) || (first == 0xED && byte(1) > 0x9F)) return {};
    return {static_cast<char32_t>((first & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F)), 3};
  }
  if (left < 4 || !is_continuation(byte(1)) || !is_continuation(byte(2)) || !is_continuation(byte(3))) return {};
  if ((first == 0xF0 && byte(1) < 0x90) || (first == 0xF4 && byte(1) > 0x8F)) return {};
  return {
      static_cast<char32_t>((first & 0x07) << 18 | (byte(1) & 0x3F) << 12 | (byte(2) & 0x3F) << 6 | (byte(3) & 0x3F)),
      4};
}

size_t find_ill_formed(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    const uint32_t length = read_code_point(text, i).length;
    if (length == 0) return i;
    i += length;
  }
  return std::string_view::npos;
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
  for (const char c : text) count += !is_continuation(static_cast<unsigned char>(c));
  return count;
}

std::vector<TextRange> to_code_points(std::string_view text, std::span<const TextRange> byte_ranges) {
  std::vector<uint32_t> code_points_before(text.size() + 1, 0);
  for (size_t i = 0; i < text.size(); ++i) {
    code_points_before[i + 1] = code_points_before[i] + !is_continuation(static_cast<unsigned char>(text[i]));
  }
  std::vector<TextRange> ranges;
  ranges.reserve(byte_ranges.size());
  for (const TextRange& range : byte_ranges) {
    ranges.push_back({code_points_before[range.begin], code_points_before[range.end]});
  }
  return ranges;
}

}  // namespace mini_bert
