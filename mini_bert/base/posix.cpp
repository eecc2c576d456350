#include "mini_bert/base/posix.h"

#include <sys/stat.h>

#include "mini_bert/base/file_error.h"

namespace mini_bert::posix {

bool is_at(const std::filesystem::path& path, const Descriptor& file) {
  struct stat by_name {};
  struct stat by_number {};
  return ::lstat(path.c_str(), &by_name) == 0 && ::fstat(file.number(), &by_number) == 0 &&
         by_name.st_dev == by_number.st_dev && by_name.st_ino == by_number.st_ino;
}

OpenFile open_to_read(const std::filesystem::path& path) {
  constexpr std::string_view cannot_read = "cannot be read";
  // O_NONBLOCK: opening a named pipe without a writer would wait forever, before fstat can tell that it is a pipe.
  Descriptor file(retry([&] { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK); }));
  if (!file.valid()) fail_with_errno(path, cannot_read, errno);
  struct stat found {};
  if (::fstat(file.number(), &found) != 0) fail_with_errno(path, cannot_read, errno);
  if (S_ISDIR(found.st_mode)) fail_with_errno(path, cannot_read, EISDIR);
  require(S_ISREG(found.st_mode), "{}: cannot be read: it is a device or a pipe; name a file", path.string());
  return {std::move(file), static_cast<std::size_t>(found.st_size)};
}

Descriptor open_stream(const std::filesystem::path& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0 || !S_ISFIFO(found.st_mode)) return open_to_read(path).descriptor;
  Descriptor pipe(retry([&] { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC); }));
  if (!pipe.valid()) fail_with_errno(path, "cannot be read", errno);
  return pipe;
}

}  // namespace mini_bert::posix
