#include "mini_bert/bert/training/checkpoint_folders.h"

#include <algorithm>
#include <charconv>
#include <initializer_list>
#include <string>
#include <system_error>

#include "mini_bert/base/file_error.h"
#include "mini_bert/base/folder.h"
#include "mini_bert/files/manifest.h"

namespace fs = std::filesystem;

namespace mini_bert {
namespace {

constexpr std::initializer_list<std::string_view> needed_files = {state_file, weights_file, optimizer_file};

std::optional<Index> step_in_name(std::string_view name) {
  constexpr std::string_view prefix = "checkpoint-";
  if (!name.starts_with(prefix)) return std::nullopt;
  Index step = 0;
  const char* const end = name.data() + name.size();
  const auto [parsed_to, error] = std::from_chars(name.data() + prefix.size(), end, step);
  return error == std::errc() && parsed_to == end && step >= 0 ? std::optional(step) : std::nullopt;
}

bool has_file_of_checkpoint(const fs::path& folder) {
  const auto exists = [&](std::string_view name) {
    std::error_code ignored;
    return fs::exists(folder / name, ignored);
  };
  return std::ranges::any_of(needed_files, exists) || exists(manifest_name);
}

void require_file(const fs::path& checkpoint, std::string_view name) {
  std::error_code ignored;
  if (fs::is_regular_file(checkpoint / name, ignored)) return;
  throw DamagedFileError(fmt::format("{}: is missing; the checkpoint is not whole", (checkpoint / name).string()));
}

}  // namespace

std::vector<CheckpointFolder> checkpoints_in(const fs::path& output) {
  std::vector<CheckpointFolder> found;
  std::error_code error;
  if (!fs::is_directory(output, error)) return found;
  for (const std::string& name : names_in(output, error)) {
    std::error_code ignored;
    const fs::path entry = output / name;
    const std::optional<Index> step = step_in_name(name);
    if (!step || !fs::is_directory(entry, ignored) || !has_file_of_checkpoint(entry)) continue;
    found.push_back({*step, entry});
  }
  if (error) fail_with_errno(output, "cannot be searched for checkpoints", error.value());
  std::ranges::sort(found, {}, &CheckpointFolder::step);
  return found;
}

void verify_checkpoint(const fs::path& checkpoint) {
  for (const std::string_view name : needed_files) require_file(checkpoint, name);
  if (has_manifest(checkpoint)) verify_manifest(checkpoint);
}

void verify_checkpoint_file(const fs::path& checkpoint, std::string_view name) {
  require_file(checkpoint, name);
  if (has_manifest(checkpoint)) verify_file(checkpoint, name);
}

std::optional<CheckpointFolder> newest_whole_checkpoint(const fs::path& output) {
  std::vector<CheckpointFolder> found = checkpoints_in(output);
  for (; !found.empty(); found.pop_back()) {
    try {
      verify_checkpoint(found.back().path);
      return found.back();
    } catch (const DamagedFileError&) {  // then an older one
    }
  }
  return std::nullopt;
}

}  // namespace mini_bert
