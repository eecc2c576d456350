#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace mini_bert::hub {

// The name the hub gives a file's content, in hexadecimal digits. Large files (LFS): SHA-256, 64 digits. Files in git:
// SHA-1 over "blob <number of bytes>\0" and the bytes, 40 digits.
bool is_content_name(std::string_view name);

// The name of what `path` holds, of the kind that `like` is.
std::string content_name(const std::filesystem::path& path, std::string_view like);

}  // namespace mini_bert::hub
