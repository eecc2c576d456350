#pragma once

#include <cstddef>
#include <string>
#include <string_view>

// What a message about broken JSON needs.
namespace mini_bert {

struct TextPosition {
  std::size_t line = 1;    // from 1
  std::size_t column = 1;  // from 1, in characters
};

// Where the nth byte of a UTF-8 text lies, counted from 1 as nlohmann::json counts them.
TextPosition locate(std::string_view text, std::size_t nth);
std::string to_string(const TextPosition& position);  // "line 3 column 14"

// Error when the text holds a zero byte, which nlohmann::json takes for its end: what follows would go unread.
// `first_line` is the line of its file that the text begins in.
void refuse_zero_bytes(std::string_view text, const std::string& name, std::size_t first_line = 1);

// The heart of a message of nlohmann::json: "unexpected '}'; expected string literal".
std::string json_reason(std::string_view what);

}  // namespace mini_bert
