#include "mini_bert/base/folder.h"

#include <dirent.h>

#include <cstring>
#include <memory>

#include "mini_bert/base/file_error.h"
#include "mini_bert/base/posix.h"

namespace mini_bert {
namespace {

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};
using OpenFolder = std::unique_ptr<DIR, CloseFolder>;

// The next name; null at the end and after an error, which is then in errno.
const char* next_name(DIR* folder) {
  for (;;) {
    errno = 0;
    const dirent* const entry = ::readdir(folder);
    if (entry == nullptr) return nullptr;
    if (std::strcmp(entry->d_name, ".") != 0 && std::strcmp(entry->d_name, "..") != 0) return entry->d_name;
  }
}

int remove_at(int parent, const char* name) noexcept;

// Deletes what is in a folder. Returns 0 or the errno. A file system may skip names while others are deleted, so the
// folder is read until a reading finds nothing.
int empty_folder(int parent, const char* name) noexcept {
  posix::Descriptor number(
      posix::retry([&] { return ::openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW); }));
  if (!number.valid()) return errno;
  const OpenFolder folder(::fdopendir(number.number()));
  if (!folder) return errno;
  const int inside = number.release();  // closedir() closes it
  for (bool found = true; found;) {
    found = false;
    ::rewinddir(folder.get());
    while (const char* const inner = next_name(folder.get())) {
      found = true;
      if (const int error = remove_at(inside, inner); error != 0) return error;
    }
    if (errno != 0) return errno;
  }
  return 0;
}

int remove_at(int parent, const char* name) noexcept {
  if (::unlinkat(parent, name, 0) == 0 || errno == ENOENT || errno == ENOTDIR) return 0;
  if (errno != EISDIR && errno != EPERM) return errno;  // Linux says EISDIR of a folder, POSIX EPERM
  const int refusal = errno;
  if (const int error = empty_folder(parent, name); error != 0) return error == ENOTDIR ? refusal : error;
  return ::unlinkat(parent, name, AT_REMOVEDIR) == 0 || errno == ENOENT ? 0 : errno;
}

}  // namespace

std::vector<std::string> names_in(const std::filesystem::path& folder, std::error_code& error) {
  std::vector<std::string> names;
  error.clear();
  const OpenFolder open(::opendir(folder.c_str()));
  if (open) {
    while (const char* const name = next_name(open.get())) names.emplace_back(name);
  }
  if (errno != 0) error.assign(errno, std::generic_category());
  return names;
}

std::vector<std::string> names_in(const std::filesystem::path& folder) {
  std::error_code error;
  std::vector<std::string> names = names_in(folder, error);
  if (error) fail_with_errno(folder, "cannot be read", error.value());
  return names;
}

void remove_tree(const std::filesystem::path& path, std::error_code& error) noexcept {
  error.assign(remove_at(AT_FDCWD, path.c_str()), std::generic_category());
}

}  // namespace mini_bert
