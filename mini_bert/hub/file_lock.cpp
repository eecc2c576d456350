#include "mini_bert/hub/file_lock.h"

#include <sys/file.h>
#include <sys/stat.h>

#include "mini_bert/base/file_error.h"

namespace mini_bert::hub {
namespace {

// Whether the locked file still has its name. The previous holder may have removed it, and then another process would
// create and lock a new file of that name.
bool still_named(const std::filesystem::path& path, int descriptor) {
  struct stat by_name {};
  struct stat by_number {};
  return ::stat(path.c_str(), &by_name) == 0 && ::fstat(descriptor, &by_number) == 0 &&
         by_name.st_dev == by_number.st_dev && by_name.st_ino == by_number.st_ino;
}

}  // namespace

FileLock::FileLock(const std::filesystem::path& path, const std::function<void()>& on_wait) {
  bool waited = false;
  do {
    file_ = posix::Descriptor(posix::retry([&] { return ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0664); }));
    if (!file_.valid()) fail_with_errno(path, "cannot be written", errno);
    if (posix::retry([&] { return ::flock(file_.number(), LOCK_EX | LOCK_NB); }) == 0) continue;
    if (errno != EWOULDBLOCK) return;
    if (!waited) on_wait();
    waited = true;
    posix::retry([&] { return ::flock(file_.number(), LOCK_EX); });
  } while (!still_named(path, file_.number()));
}

}  // namespace mini_bert::hub
