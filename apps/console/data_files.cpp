#include "apps/console/data_files.h"

#include <filesystem>

#include <fmt/core.h>

#include "apps/console/command_line.h"

namespace mini_bert {

void check_data_files(const std::vector<std::string>& files) {
  for (const std::string& file : files) {
    std::error_code ignored;
    if (std::filesystem::is_directory(file, ignored)) {
      const std::string inside = (std::filesystem::path(file) / "*.txt").string();
      throw UsageError(fmt::format("{}: this is a folder; name the files in it, {}", file, inside));
    }
    if (file.find('*') != std::string::npos && !std::filesystem::exists(file, ignored)) {
      throw UsageError(fmt::format(
          "{}: no file has such a name; a * is replaced by the names of files only without quotes around it", file));
    }
  }
}

}  // namespace mini_bert
