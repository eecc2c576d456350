#include "mini_bert/files/atomic_file.h"

#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include "mini_bert/base/file_error.h"
#include "mini_bert/base/posix.h"
#include "mini_bert/files/crc32c.h"

namespace fs = std::filesystem;

namespace mini_bert {
namespace {

fs::path folder_of(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

// A rename would replace a device or a folder as readily as a file.
void check_target(const fs::path& path) {
  require(path.has_filename(), "{}: cannot be written: it is a folder; name a file", path.string());
  struct stat found {};
  if (::stat(path.c_str(), &found) == 0) {
    if (S_ISDIR(found.st_mode)) fail_with_errno(path, cannot_write, EISDIR);
    require(S_ISREG(found.st_mode), "{}: cannot be written: it is a device or a pipe; name a file", path.string());
  } else if (errno != ENOENT) {
    fail_with_errno(path, cannot_write, errno);
  }
}

// Opens and locks the temporary file, so that two processes cannot mix their bytes in it. Between open and lock another
// process may rename the file into place. Then the name no longer refers to this file, and we start over.
posix::Descriptor open_temporary(const fs::path& path, const fs::path& temporary) {
  for (;;) {
    posix::Descriptor file(posix::retry(
        [&] { return ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0666); }));
    if (!file.valid()) {
      const bool in_the_way = errno == EISDIR || errno == ELOOP || errno == ENXIO;
      fail_with_errno(in_the_way ? temporary : path, cannot_write, errno);
    }
    const int locked = posix::retry([&] { return ::flock(file.number(), LOCK_EX | LOCK_NB); });
    // Any other error means a file system without locks. There two writers are not noticed.
    require(locked == 0 || errno != EWOULDBLOCK,
            "{}: cannot be written: another process is writing it now; wait for it or choose another path",
            path.string());
    if (!posix::is_at(temporary, file)) continue;
    struct stat found {};
    require(::fstat(file.number(), &found) == 0 && S_ISREG(found.st_mode),
            "{}: cannot be written: {} is in the way and is not a file; remove it", path.string(), temporary.string());
    if (posix::retry([&] { return ::ftruncate(file.number(), 0); }) != 0) fail_with_errno(path, cannot_write, errno);
    return file;
  }
}

}  // namespace

struct AtomicFile::State {
  fs::path path;
  fs::path temporary;
  std::uint64_t expected_bytes;
  posix::Descriptor file;
  std::uint64_t bytes = 0;
  Crc32c checksum = {};

  ~State() {
    if (file.valid()) ::unlink(temporary.c_str());
  }

  // Ends the attempt: removes the temporary file and leaves the old file.
  [[noreturn]] void give_up(std::string_view what, int code) {
    ::unlink(temporary.c_str());
    file.reset();
    fail_with_errno(path, what, code, expected_bytes);
  }
};

AtomicFile::AtomicFile(fs::path path, std::uint64_t expected_bytes) {
  check_target(path);
  fs::path temporary = path;
  temporary += ".tmp";
  posix::Descriptor file = open_temporary(path, temporary);
  // NOLINTNEXTLINE(modernize-make-unique): an aggregate that cannot be moved
  state_.reset(new State{std::move(path), std::move(temporary), expected_bytes, std::move(file)});
}

AtomicFile::~AtomicFile() = default;
AtomicFile::AtomicFile(AtomicFile&&) noexcept = default;
AtomicFile& AtomicFile::operator=(AtomicFile&&) noexcept = default;

void AtomicFile::write(std::span<const std::byte> bytes) {
  require(state_ != nullptr && state_->file.valid(), "atomic file: write() after commit() or after an error");
  // Small enough that the checksum reads from the cache what has just been copied to the system.
  constexpr std::size_t most = std::size_t{1} << 20;
  while (!bytes.empty()) {
    const std::size_t chunk = std::min(bytes.size(), most);
    const ssize_t written = posix::retry([&] { return ::write(state_->file.number(), bytes.data(), chunk); });
    if (written < 0) state_->give_up(cannot_write, errno);
    if (written == 0) state_->give_up(cannot_write, ENOSPC);
    const auto count = static_cast<std::size_t>(written);
    state_->checksum.add(bytes.first(count));
    state_->bytes += count;
    bytes = bytes.subspan(count);
  }
}

void AtomicFile::write(std::string_view bytes) {
  write(std::as_bytes(std::span(bytes)));
}

WrittenFile AtomicFile::commit() {
  require(state_ != nullptr && state_->file.valid(), "atomic file: commit() after commit() or after an error");
  State& state = *state_;
  // An error of fsync is final: the kernel may have dropped the pages, and a second fsync would report success.
  if (posix::retry([&] { return ::fsync(state.file.number()); }) != 0) state.give_up(cannot_write, errno);
  if (::rename(state.temporary.c_str(), state.path.c_str()) != 0) state.give_up(cannot_write, errno);
  state.file.reset();
  sync_folder(folder_of(state.path));
  return {state.path, state.bytes, state.checksum.value()};
}

WrittenFile write_file_atomically(const fs::path& path, std::string_view bytes) {
  AtomicFile file(path, bytes.size());
  file.write(bytes);
  return file.commit();
}

void sync_folder(const fs::path& folder) {
  const posix::Descriptor descriptor(
      posix::retry([&] { return ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); }));
  if (!descriptor.valid()) fail_with_errno(folder, "cannot be synced to the disk", errno);
  const int synced = posix::retry([&] { return ::fsync(descriptor.number()); });
  // Some network file systems cannot sync a folder and return EINVAL. Nothing more can be done there.
  if (synced != 0 && errno != EINVAL) fail_with_errno(folder, "cannot be synced to the disk", errno);
}

}  // namespace mini_bert
