#pragma once

#include <stdexcept>
#include <string>

namespace mini_bert {

// What every function of tokenizer/ throws. The message is one line: where (file, line or field), what was found, what
// was expected, and what to do about it.
class TokenizerError : public std::runtime_error {
 public:
  explicit TokenizerError(const std::string& message) : std::runtime_error(message) {}
};

}  // namespace mini_bert
