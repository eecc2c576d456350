#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace mini_bert {

// Reads a small file, such as a configuration or a vocabulary. Error when it is missing, not a file, not readable or
// larger than `most_bytes`.
std::string read_text_file(const std::filesystem::path& path, std::uint64_t most_bytes = 64'000'000);

}  // namespace mini_bert
