#include "mini_bert/files/text_file.h"

#include <sys/stat.h>

#include <algorithm>

#include "mini_bert/files/file_error.h"
#include "mini_bert/files/posix.h"

namespace mini_bert {

std::string read_text_file(const std::filesystem::path& path, std::uint64_t most_bytes) {
  constexpr std::string_view cannot_read = "cannot be read";
  const posix::Descriptor file(posix::retry([&] { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK); }));
  if (!file.valid()) fail_with_errno(path, cannot_read, errno);
  struct stat found {};
  if (::fstat(file.number(), &found) != 0) fail_with_errno(path, cannot_read, errno);
  if (S_ISDIR(found.st_mode)) fail_with_errno(path, cannot_read, EISDIR);
  require(S_ISREG(found.st_mode), "{}: cannot be read: it is a device or a pipe; name a file", path.string());

  std::string text;
  char buffer[1 << 16];
  for (;;) {
    const ssize_t count = posix::retry([&] { return ::read(file.number(), buffer, sizeof buffer); });
    if (count < 0) fail_with_errno(path, cannot_read, errno);
    if (count == 0) return text;
    text.append(buffer, static_cast<std::size_t>(count));
    require(text.size() <= most_bytes, "{}: has {}, expected at most {}; is it the right file?", path.string(),
            format_bytes(std::max(static_cast<std::uint64_t>(found.st_size), text.size())), format_bytes(most_bytes));
  }
}

}  // namespace mini_bert
