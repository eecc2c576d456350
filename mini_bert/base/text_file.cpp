#include "mini_bert/base/text_file.h"

#include <algorithm>

#include "mini_bert/base/file_error.h"
#include "mini_bert/base/posix.h"

namespace mini_bert {

std::string read_text_file(const std::filesystem::path& path, std::uint64_t most_bytes) {
  const posix::OpenFile file = posix::open_to_read(path);
  std::string text;
  char buffer[1 << 16];
  for (;;) {
    const ssize_t count = posix::retry([&] { return ::read(file.descriptor.number(), buffer, sizeof buffer); });
    if (count < 0) fail_with_errno(path, "cannot be read", errno);
    if (count == 0) break;
    text.append(buffer, static_cast<std::size_t>(count));
    require(text.size() <= most_bytes, "{}: has {}, expected at most {}; is it the right file?", path.string(),
            format_bytes(std::max<std::uint64_t>(file.size, text.size())), format_bytes(most_bytes));
  }
  refuse_lfs_pointer(path, text);
  return text;
}

}  // namespace mini_bert
