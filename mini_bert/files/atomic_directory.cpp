#include "mini_bert/files/atomic_directory.h"

#include <sys/file.h>

#include <cstdio>
#include <system_error>
#include <utility>

#include "mini_bert/base/file_error.h"
#include "mini_bert/base/folder.h"
#include "mini_bert/base/posix.h"
#include "mini_bert/files/atomic_file.h"

namespace fs = std::filesystem;

namespace mini_bert {
namespace {

fs::path with_suffix(fs::path path, std::string_view suffix) {
  return path += suffix;
}

void check(const fs::path& path, const std::error_code& error) {
  if (error) fail_with_errno(path, cannot_write, error.value());
}

void rename_folder(const fs::path& from, const fs::path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) fail_with_errno(to, cannot_write, errno);
}

// Swaps two folders in one step. Returns 0 or the errno, ENOSYS where the system cannot.
int exchange([[maybe_unused]] const fs::path& a, [[maybe_unused]] const fs::path& b) {
#ifdef RENAME_EXCHANGE
  return ::renameat2(AT_FDCWD, a.c_str(), AT_FDCWD, b.c_str(), RENAME_EXCHANGE) == 0 ? 0 : errno;
#else
  return ENOSYS;
#endif
}

// Replaces `path`, which exists, by `fresh`. Returns the path that now holds the old folder, which is `old` where the
// two cannot be swapped.
const fs::path& replace(const fs::path& fresh, const fs::path& path, const fs::path& old) {
  const int error = exchange(fresh, path);
  if (error == 0) return fresh;
  if (error != EINVAL && error != ENOSYS) fail_with_errno(path, cannot_write, error);
  rename_folder(path, old);
  rename_folder(fresh, path);
  return old;
}

void sync_file(const fs::path& path) {
  const posix::Descriptor file(posix::retry([&] { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW); }));
  if (!file.valid() || posix::retry([&] { return ::fsync(file.number()); }) != 0) {
    fail_with_errno(path, cannot_write, errno);
  }
}

// Every file, then every folder, `folder` last.
void sync_tree(const fs::path& folder) {
  std::error_code error;
  const std::vector<std::string> names = names_in(folder, error);
  check(folder, error);
  for (const std::string& name : names) {
    const fs::path entry = folder / name;
    const fs::file_status status = fs::symlink_status(entry, error);
    check(entry, error);
    if (fs::is_symlink(status)) continue;
    if (fs::is_directory(status)) {
      sync_tree(entry);
    } else {
      sync_file(entry);
    }
  }
  sync_folder(folder);
}

}  // namespace

struct AtomicDirectory::State {
  fs::path path;
  fs::path staging, old, parent;
  posix::Descriptor lock = posix::Descriptor();  // the staging folder, locked
  bool committed = false;

  ~State() {
    std::error_code ignored;
    if (lock.valid() && !committed) remove_tree(staging, ignored);
  }

  // What follows once the new folder is in place. `replaced` is where the old one is now; empty: there was none.
  void finish(const fs::path& replaced) {
    committed = true;
    sync_folder(parent);
    // From here on the new folder survives a power cut.
    std::error_code ignored;
    if (!replaced.empty()) remove_tree(replaced, ignored);
  }
};

AtomicDirectory::AtomicDirectory(fs::path path, std::string_view mark) {
  if (!path.has_filename()) path = path.parent_path();  // "checkpoint-5/"
  require(path.has_filename() && path.filename() != "." && path.filename() != "..",
          "{}: cannot be written: name a new folder", path.string());
  std::error_code error;
  const fs::path staging = with_suffix(path, fmt::format("{}.tmp", mark));
  const fs::path old = with_suffix(path, fmt::format("{}.old.tmp", mark));
  const fs::file_status found = fs::symlink_status(path, error);
  require(!fs::exists(found) || fs::is_directory(found), "{}: cannot be written: it is a file, not a folder; remove it",
          path.string());
  if (fs::exists(fs::symlink_status(old, error))) {
    if (!fs::exists(found)) rename_folder(old, path);
    remove_tree(old, error);
  }

  // Once the staging folder is made nothing may fail for want of memory, so what the state needs comes first.
  const fs::path parent = path.has_parent_path() ? path.parent_path() : fs::path(".");
  // NOLINTNEXTLINE(modernize-make-unique): an aggregate that cannot be moved
  std::unique_ptr<State> state(new State{path, staging, old, parent});

  const auto open_locked = [&] {
    posix::Descriptor folder(
        posix::retry([&] { return ::open(staging.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW); }));
    const bool locked =
        !folder.valid() || posix::retry([&] { return ::flock(folder.number(), LOCK_EX | LOCK_NB); }) == 0;
    if (!locked && errno == EWOULDBLOCK) {
      fail("{}: cannot be written: another process is writing it now; wait for it or choose another path",
           path.string());
    }
    return folder;
  };
  {
    const posix::Descriptor leftover = open_locked();  // if it exists, and no other process has locked it
    remove_tree(staging, error);
    check(staging, error);
  }
  fs::create_directory(staging, error);
  check(path, error);
  state->lock = open_locked();
  if (!state->lock.valid()) fail_with_errno(path, cannot_write, errno);
  state_ = std::move(state);
}

AtomicDirectory::~AtomicDirectory() = default;
AtomicDirectory::AtomicDirectory(AtomicDirectory&&) noexcept = default;
AtomicDirectory& AtomicDirectory::operator=(AtomicDirectory&&) noexcept = default;

const fs::path& AtomicDirectory::staging() const {
  require(state_ != nullptr && !state_->committed, "atomic directory: staging() after commit()");
  return state_->staging;
}

void AtomicDirectory::commit() {
  require(state_ != nullptr && !state_->committed, "atomic directory: commit() after commit()");
  State& state = *state_;
  sync_tree(state.staging);
  std::error_code ignored;
  fs::path replaced;
  if (fs::exists(fs::symlink_status(state.path, ignored))) {
    replaced = replace(state.staging, state.path, state.old);
  } else {
    rename_folder(state.staging, state.path);
  }
  state.finish(replaced);
}

bool AtomicDirectory::commit_by_exchange() {
  require(state_ != nullptr && !state_->committed, "atomic directory: commit_by_exchange() after commit()");
  sync_tree(state_->staging);
  if (exchange(state_->staging, state_->path) != 0) return false;
  state_->finish(state_->staging);
  return true;
}

}  // namespace mini_bert
