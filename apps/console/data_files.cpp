#include "apps/console/data_files.h"

#include <algorithm>
#include <filesystem>

#include <fmt/core.h>

#include "apps/console/command_line.h"
#include "mini_bert/base/error.h"
#include "mini_bert/base/file_error.h"
#include "mini_bert/base/folder.h"
#include "mini_bert/base/foreign_error.h"

namespace mini_bert {
namespace {

// The file in the same folder whose name is the likeliest slip; empty: there is none.
std::string nearest_file(const std::filesystem::path& path) {
  std::error_code ignored;
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
  std::vector<std::string> names = names_in(folder, ignored);
  std::erase_if(names, [&](const auto& name) { return !std::filesystem::is_regular_file(folder / name, ignored); });
  std::ranges::sort(names);
  const std::string nearest = nearest_word(path.filename().string(), names);
  return nearest.empty() ? "" : (path.parent_path() / nearest).string();
}

}  // namespace

void check_data_files(const std::vector<std::string>& files) {
  for (const std::string& file : files) {
    std::error_code ignored;
    if (std::filesystem::is_directory(file, ignored)) {
      const std::string inside = (std::filesystem::path(file) / "*.txt").string();
      throw UsageError(fmt::format("{}: this is a folder; name the files in it, {}", file, inside));
    }
    if (file == "-") throw UsageError("-: standard input is not read as a file; name a file");
    if (file.find('*') != std::string::npos && !std::filesystem::exists(file, ignored)) {
      throw UsageError(fmt::format(
          "{}: no file has such a name; a * is replaced by the names of files only without quotes around it", file));
    }
  }
}

void require_data_files(const std::vector<std::string>& files) {
  for (const std::string& file : files) {
    if (std::filesystem::exists(status_of(file))) continue;
    const std::string nearest = nearest_file(file);
    fail("{}: there is no such file{}", file,
         nearest.empty() ? "; check the path" : fmt::format("; did you mean {}?", nearest));
  }
}

void make_output_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) fail_with_errno("--output " + folder.string(), "cannot be made", error.value());
}

}  // namespace mini_bert
