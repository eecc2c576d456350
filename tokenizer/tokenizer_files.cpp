#include <fmt/format.h>

#include "tokenizer/files.h"
#include "tokenizer/tokenizer.h"

namespace mini_bert {

Tokenizer Tokenizer::from_directory(const std::filesystem::path& directory) {
  return Tokenizer(Vocabulary::read(directory / "vocab.txt"));
}

std::string Tokenizer::vocab_text() const {
  const auto& tokens = vocabulary_.tokens();
  return Vocabulary({tokens.begin(), tokens.begin() + base_size_}).text();
}

std::string Tokenizer::config_text() const {
  return fmt::format("{{\"do_lower_case\": {}}}\n", options_.do_lower_case);
}

}  // namespace mini_bert
