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

// Where byte `offset` of a UTF-8 text lies.
TextPosition locate(std::string_view text, std::size_t offset);
std::string to_string(const TextPosition& position);  // "line 3 column 14"

// The heart of a message of nlohmann::json: "unexpected '}'; expected string literal".
std::string json_reason(std::string_view what);

}  // namespace mini_bert
