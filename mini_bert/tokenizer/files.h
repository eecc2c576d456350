#pragma once

#include <filesystem>
#include <string>

namespace mini_bert {

// The bytes of a file of at most 1 GiB. Throws TokenizerError: no such file, a directory, not readable, too large.
std::string read_text_file(const std::filesystem::path& path);

}  // namespace mini_bert
