#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "mini_bert/base/error.h"

// The wording of all file errors: one line, "path: what is wrong; what to do".
namespace mini_bert {

// The operating system refused a call. code() is its errno.
class SystemError : public Error {
 public:
  SystemError(const std::string& message, int code) : Error(message), code_(code) {}
  int code() const { return code_; }

 private:
  int code_;
};

// Throws SystemError "<path>: <what>: <the reason in plain words>; <remedy>" for an errno. `bytes` is the size of the
// file to write, or 0 when it is unknown.
[[noreturn]] void fail_with_errno(const std::filesystem::path& path, std::string_view what, int code,
                                  std::uint64_t bytes = 0);
inline constexpr std::string_view cannot_write = "cannot be written";  // the usual `what` of a writer

// Error when a file is what Git LFS leaves in the place of a large file that was not downloaded. `beginning` are the
// first bytes of the file.
void refuse_lfs_pointer(const std::filesystem::path& path, std::string_view beginning);

// "17 bytes", "12.0 MB"
std::string format_bytes(std::uint64_t bytes);

// A text from a file, fit for one line of a terminal: control characters are escaped, and it is cut after 80 bytes.
std::string printable(std::string_view text);
std::string in_quotes(std::string_view text);  // the same between quotation marks

}  // namespace mini_bert
