#pragma once

#include <cstddef>
#include <string>
#include <string_view>

// Helpers for messages about broken JSON.
namespace mini_bert {

struct TextPosition {
  std::size_t line = 1;    // from 1
  std::size_t column = 1;  // from 1, in characters
};

// The line and column of the nth byte of a UTF-8 text. nlohmann::json counts bytes from 1.
TextPosition locate(std::string_view text, std::size_t nth);
std::string to_string(const TextPosition& position);  // "line 3 column 14"

// Error when the text holds a zero byte. nlohmann::json would take it for the end and ignore the rest. `first_line` is
// the line of the file in which the text begins.
void refuse_zero_bytes(std::string_view text, const std::string& name, std::size_t first_line = 1);

// The reason in a message of nlohmann::json, without its frame: "unexpected '}'; expected string literal".
std::string json_reason(std::string_view what);

}  // namespace mini_bert
