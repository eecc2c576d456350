#include "mini_bert/tokenizer/files.h"

#include <fmt/core.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "mini_bert/tokenizer/error.h"

namespace mini_bert {

std::string read_text_file(const std::filesystem::path& path) {
  constexpr uintmax_t limit = uintmax_t{1} << 30;
  std::error_code error;
  const uintmax_t size = std::filesystem::file_size(path, error);
  if (error) throw TokenizerError(fmt::format("{}: cannot be read: {}", path.string(), error.message()));
  if (size > limit) {
    throw TokenizerError(fmt::format("{}: has {} bytes; expected at most {}", path.string(), size, limit));
  }
  std::ifstream file(path, std::ios::binary);
  std::string text(static_cast<size_t>(size), '\0');
  if (!file || !file.read(text.data(), static_cast<std::streamsize>(size))) {
    throw TokenizerError(fmt::format("{}: cannot be read: {}", path.string(), std::strerror(errno)));
  }
  return text;
}

}  // namespace mini_bert
