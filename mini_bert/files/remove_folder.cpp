#include "mini_bert/files/remove_folder.h"

#include <cerrno>
#include <cstdio>
#include <system_error>

#include "mini_bert/base/file_error.h"
#include "mini_bert/base/folder.h"

namespace fs = std::filesystem;

namespace mini_bert {
namespace {

constexpr std::string_view cannot_remove = "cannot be removed";

void remove_or_fail(const fs::path& path) {
  std::error_code error;
  remove_tree(path, error);
  if (error) fail_with_errno(path, cannot_remove, error.value());
}

}  // namespace

void remove_folder(const fs::path& path) {
  fs::path aside = path;
  aside += ".removed.tmp";
  remove_or_fail(aside);
  if (::rename(path.c_str(), aside.c_str()) != 0) {
    if (errno == ENOENT) return;
    fail_with_errno(path, cannot_remove, errno);
  }
  remove_or_fail(aside);
}

}  // namespace mini_bert
