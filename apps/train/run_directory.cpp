#include "apps/train/run_directory.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <system_error>
#include <vector>

#include "apps/console/data_files.h"

#include "mini_bert/base/file_error.h"
#include "mini_bert/base/folder.h"
#include "mini_bert/base/foreign_error.h"
#include "mini_bert/base/posix.h"
#include "mini_bert/bert/training/checkpoint_folders.h"
#include "mini_bert/files/atomic_directory.h"
#include "mini_bert/files/atomic_file.h"
#include "mini_bert/files/remove_folder.h"
#include "mini_bert/files/replace_together.h"

namespace mini_bert {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view temporary = ".tmp";

// The folder itself, or the nearest one above it that exists.
fs::path existing_part(const fs::path& path) {
  std::error_code error;
  fs::path folder = fs::absolute(path, error);
  while (!fs::exists(status_of(folder)) && folder.has_relative_path()) folder = folder.parent_path();
  return folder;
}

bool holds_run(const fs::path& path) {
  return fs::exists(path / "arguments.json") || fs::exists(path / "trainer_state.json") ||
         !checkpoints_in(path).empty();
}

// "checkpoint-500.tmp", "checkpoint-500.old.tmp" and "checkpoint-500.removed.tmp" give "checkpoint-500"; "" for all
// else.
std::string checkpoint_of(std::string_view name) {
  constexpr std::string_view prefix = "checkpoint-";
  if (!name.starts_with(prefix) || !name.ends_with(temporary)) return "";
  const std::size_t end = name.find_first_not_of("0123456789", prefix.size());
  if (end == prefix.size()) return "";
  const std::string_view rest = name.substr(end);
  const bool is_ours = rest == ".tmp" || rest == ".old.tmp" || rest == ".removed.tmp";
  return is_ours ? std::string(name.substr(0, end)) : "";
}

// A temporary file or folder of a run, which a killed process has left.
bool is_half_written(std::string_view name) {
  constexpr std::array written = {"arguments.json", "trainer_state.json", "metrics.jsonl",         "report.html",
                                  "config.json",    "model.safetensors",  "tokenizer_config.json", "vocab.txt",
                                  "tokenizer.json", "new_files"};
  if (!checkpoint_of(name).empty()) return true;
  if (!name.ends_with(temporary)) return false;
  name.remove_suffix(temporary.size());
  return std::ranges::find(written, name) != written.end();
}

// Whether there is more than what a run leaves that was killed as it began.
bool is_occupied(const fs::path& folder) {
  return fs::is_directory(folder) && std::ranges::any_of(names_in(folder), [](const std::string& name) {
           return name != FolderLock::file_name && !is_half_written(name);
         });
}

// Removes what killed processes left half written. Only for the process that has the lock.
void remove_half_written(const fs::path& folder) {
  for (const std::string& name : names_in(folder)) {
    if (!is_half_written(name)) continue;
    std::error_code ignored;
    const std::string checkpoint = checkpoint_of(name);
    if (!checkpoint.empty()) AtomicDirectory(folder / checkpoint);  // moves back what was moved aside, removes the rest
    remove_tree(folder / name, ignored);
  }
  remove_half_replaced(folder);
}

}  // namespace

RunDirectory::RunDirectory(fs::path path, IfRunExists if_run_exists)
    : path_(std::move(path)), if_run_exists_(if_run_exists) {
  const std::string name = path_.string();
  const fs::path existing = existing_part(path_);
  if (!fs::is_directory(status_of(existing))) {
    fail("{}: --output must be a directory, this is a file", fs::exists(path_) ? name : existing.string());
  }
  if (access(existing.c_str(), W_OK | X_OK) != 0) {
    const int reason = errno;
    fail_with_errno(fs::exists(path_) ? path_ : existing, cannot_write, reason);
  }
  if (fs::is_directory(path_) && (holds_run(path_) || fs::exists(path_ / FolderLock::file_name))) {
    lock_ = std::make_unique<FolderLock>(path_);  // first: who is at work here is the first thing to tell
  }
  check();
  if (lock_) remove_half_written(path_);
}

void RunDirectory::check() const {
  const std::string name = path_.string();
  const bool occupied = is_occupied(path_);
  const bool is_run = occupied && holds_run(path_);
  if (if_run_exists_ == IfRunExists::resume) {
    require(is_run, "{}: there is no run to resume here", name);
  } else if (is_run) {
    require(if_run_exists_ == IfRunExists::overwrite,
            "{}: already holds a run; go on with it (--resume), replace it (--overwrite) or choose another --output",
            name);
  } else {
    require(!occupied, "{}: holds files that are not of a run; choose a new or empty directory as --output", name);
  }
}

void RunDirectory::require_room(std::uint64_t bytes) const {
  std::error_code error;
  const fs::space_info disk = fs::space(existing_part(path_), error);
  const bool is_known = !error && disk.capacity > 0;  // some network folders tell nothing
  require(!is_known || disk.available >= bytes,
          "{}: the disk has {} left and the trained model takes {}; free some space or choose another --output",
          path_.string(), format_bytes(disk.available), format_bytes(bytes));
}

void RunDirectory::prepare(const std::string& arguments_json) {
  make_output_folder(path_);
  if (!lock_) {
    lock_ = std::make_unique<FolderLock>(path_);
    check();  // another process may have begun and ended a run since the first check
    remove_half_written(path_);
  }
  if (if_run_exists_ == IfRunExists::overwrite) {
    // First what could be resumed. Otherwise a kill would leave checkpoints with the arguments of another run.
    for (const CheckpointFolder& old : checkpoints_in(path_)) remove_folder(old.path);
    for (const char* file : {"trainer_state.json", "metrics.jsonl", "report.html"}) fs::remove(path_ / file);
  }
  write_file_atomically(path_ / "arguments.json", arguments_json);
}

void RunDirectory::start_metrics(const TrainingHistory& history) {
  write_file_atomically(path_ / "metrics.jsonl", to_json_lines(history));
  metrics_.open(path_ / "metrics.jsonl", std::ios::app | std::ios::binary);
}

void RunDirectory::add_metrics(const std::string& line) {
  metrics_ << line << std::flush;
  require(metrics_.good(), "{}: cannot be written; is the disk full?", (path_ / "metrics.jsonl").string());
}

}  // namespace mini_bert
