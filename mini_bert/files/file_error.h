#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "mini_bert/base/error.h"

// The wording that all file errors share: one line, "path: what is wrong; what to do".
namespace mini_bert {

// Throws Error "<path>: <what>: <the reason in plain words>; <remedy>" for an errno. `bytes`, when known, says how much
// was to be written.
[[noreturn]] void fail_with_errno(const std::filesystem::path& path, std::string_view what, int code,
                                  std::uint64_t bytes = 0);

// "17 bytes", "12.0 MB"
std::string format_bytes(std::uint64_t bytes);

// A name out of a file, fit for one line of a terminal: in quotes, control characters escaped, cut after 80 bytes.
std::string in_quotes(std::string_view text);

}  // namespace mini_bert
