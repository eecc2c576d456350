#include "mini_bert/files/replace_together.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include "mini_bert/base/file_error.h"
#include "mini_bert/base/folder.h"
#include "mini_bert/files/atomic_directory.h"
#include "mini_bert/files/atomic_file.h"

namespace fs = std::filesystem;

namespace mini_bert {
namespace {

constexpr std::string_view mark = ".mini_bert";

// The names in a folder that belong to the set.
std::vector<std::string> members_in(const fs::path& folder, const FileSet& set) {
  std::vector<std::string> names;
  for (const std::string& name : names_in(folder)) {
    if (!set.contains(name)) continue;
    std::error_code ignored;
    require(!fs::is_directory(fs::symlink_status(folder / name, ignored)),
            "{}: cannot be written: it is a folder; move it elsewhere", (folder / name).string());
    names.push_back(name);
  }
  return names;
}

// Makes `copy` hold everything that `folder` holds, files as hard links. Returns false when something cannot be linked.
bool link_tree(const fs::path& folder, const fs::path& copy, const std::function<bool(std::string_view)>& is_left_out) {
  std::error_code error;
  for (const std::string& name : names_in(folder)) {
    if (is_left_out(name)) continue;
    const fs::path entry = folder / name;
    if (!fs::is_directory(fs::symlink_status(entry, error))) {
      if (::linkat(AT_FDCWD, entry.c_str(), AT_FDCWD, (copy / name).c_str(), 0) != 0) return false;
      continue;
    }
    if (!fs::create_directory(copy / name, entry, error)) return false;  // with its permissions
    if (!link_tree(entry, copy / name, [](std::string_view) { return false; })) return false;
  }
  return true;
}

// Whether this process works in the folder. A shell in a folder that is swapped would be left in one that is gone.
bool is_inside(const fs::path& folder) {
  std::error_code error;
  const fs::path here = fs::current_path(error);
  return error || std::mismatch(folder.begin(), folder.end(), here.begin(), here.end()).first == folder.end();
}

bool is_own(const fs::path& folder) {
  struct stat found {};
  return ::stat(folder.c_str(), &found) == 0 && found.st_uid == ::geteuid();
}

// Returns false, with the folder unchanged, where two folders cannot be swapped in one step.
bool replaced_by_exchange(const fs::path& folder, const FileSet& set,
                          const std::function<void(const fs::path&)>& write) {
  std::error_code error;
  const fs::path real = fs::canonical(folder, error);  // of a link, the folder it names is replaced
  if (error || is_inside(real) || !is_own(real)) return false;
  std::optional<AtomicDirectory> fresh;
  try {
    fresh.emplace(real, mark);
    fs::permissions(fresh->staging(), fs::status(real).permissions());
    if (!link_tree(real, fresh->staging(), set.contains)) return false;
  } catch (const SystemError&) {  // the folder around it is not ours to write
    return false;
  } catch (const fs::filesystem_error&) {
    return false;
  }
  write(fresh->staging());
  return fresh->commit_by_exchange();
}

void rename_member(const fs::path& from, const fs::path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) fail_with_errno(to, cannot_write, errno);
}

void remove_member(const fs::path& path) {
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) fail_with_errno(path, cannot_write, errno);
}

void replace_in_place(const fs::path& folder, const FileSet& set, const std::function<void(const fs::path&)>& write) {
  const AtomicDirectory fresh(folder / "new_files");
  write(fresh.staging());
  const std::vector<std::string> names = names_in(fresh.staging());
  remove_member(folder / set.key);
  sync_folder(folder);
  for (const std::string& old : members_in(folder, set)) {
    if (std::ranges::find(names, old) == names.end()) remove_member(folder / old);
  }
  for (const std::string& name : names) {
    if (name != set.key) rename_member(fresh.staging() / name, folder / name);
  }
  sync_folder(folder);
  rename_member(fresh.staging() / set.key, folder / set.key);
  sync_folder(folder);
}

}  // namespace

void replace_together(const fs::path& folder, const FileSet& set, const std::function<void(const fs::path&)>& write) {
  std::error_code ignored;
  if (!fs::is_directory(folder, ignored) || members_in(folder, set).empty()) return write(folder);
  if (!replaced_by_exchange(folder, set, write)) replace_in_place(folder, set, write);
}

void remove_half_replaced(const fs::path& folder) {
  std::error_code error;
  const fs::path real = fs::canonical(folder, error);
  fs::path beside = real;
  beside += mark;
  beside += ".tmp";
  if (!error && fs::exists(beside, error)) const AtomicDirectory removes_it(real, mark);
}

}  // namespace mini_bert
