#include "mini_bert/files/folder_lock.h"

#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>

#include "mini_bert/base/file_error.h"

namespace mini_bert {
namespace {

std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? std::string(name.data()) : "";
}

// "process 4711", or "process 4711 on HOST" when that is another machine, which shares the disk.
std::string holder_of(const posix::Descriptor& file) {
  std::array<char, 300> text{};
  const ssize_t count = posix::retry([&] { return ::pread(file.number(), text.data(), text.size(), 0); });
  const std::string_view line(text.data(), count > 0 ? static_cast<std::size_t>(count) : 0);
  const std::size_t blank = line.find(' '), end = line.find('\n');
  if (blank == line.npos || end == line.npos || blank > end) return "another process";  // it has only just begun
  const std::string_view process = line.substr(0, blank), host = line.substr(blank + 1, end - blank - 1);
  if (host == host_name()) return fmt::format("process {}", printable(process));
  return fmt::format("process {} on {}", printable(process), printable(host));
}

}  // namespace

FolderLock::FolderLock(const std::filesystem::path& folder) : file_(folder / file_name) {
  // Between open and lock another process may remove the file. Then the name no longer refers to it, and we start over.
  do {
    descriptor_ = posix::Descriptor(
        posix::retry([&] { return ::open(file_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666); }));
    if (!descriptor_.valid()) fail_with_errno(file_, cannot_write, errno);
    const int locked = posix::retry([&] { return ::flock(descriptor_.number(), LOCK_EX | LOCK_NB); });
    require(locked == 0 || errno != EWOULDBLOCK,
            "{}: {} is writing to this folder now; wait until it has ended, end it, or choose another folder",
            folder.string(), holder_of(descriptor_));
  } while (!posix::is_at(file_, descriptor_));
  const std::string line = fmt::format("{} {}\n", ::getpid(), host_name());
  const bool written = posix::retry([&] { return ::ftruncate(descriptor_.number(), 0); }) == 0 &&
                       posix::retry([&] { return ::pwrite(descriptor_.number(), line.data(), line.size(), 0); }) >= 0;
  if (!written) fail_with_errno(file_, cannot_write, errno);
}

FolderLock::~FolderLock() {
  if (posix::is_at(file_, descriptor_)) ::unlink(file_.c_str());
}

}  // namespace mini_bert
