#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace mini_bert::hub {

// The hub names a file's content by a hash in hexadecimal digits. A large file (LFS) has SHA-256, 64 digits. A file in
// git has SHA-1 over "blob <number of bytes>\0" and the bytes, 40 digits.
bool is_content_name(std::string_view name);

// The content name of the file `path`, by the same hash as the name `like`.
std::string content_name(const std::filesystem::path& path, std::string_view like);

}  // namespace mini_bert::hub
