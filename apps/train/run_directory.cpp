#include "apps/train/run_directory.h"

#include "apps/console/data_files.h"

#include "mini_bert/base/file_error.h"
#include "mini_bert/base/foreign_error.h"
#include "mini_bert/files/atomic_file.h"

namespace mini_bert {
namespace {

namespace fs = std::filesystem;

// The folder itself, or the nearest one above it that exists.
fs::path existing_part(const fs::path& path) {
  std::error_code error;
  fs::path folder = fs::absolute(path, error);
  while (!fs::exists(status_of(folder)) && folder.has_relative_path()) folder = folder.parent_path();
  return folder;
}

bool holds_run(const fs::path& path) {
  return fs::exists(path / "arguments.json") || fs::exists(path / "trainer_state.json") ||
         !Trainer::latest_checkpoint(path).empty();
}

}  // namespace

RunDirectory::RunDirectory(fs::path path, IfRunExists if_run_exists)
    : path_(std::move(path)), if_run_exists_(if_run_exists) {
  const std::string name = path_.string();
  const fs::path existing = existing_part(path_);
  if (!fs::is_directory(status_of(existing))) {
    fail("{}: --output must be a directory, this is a file", fs::exists(path_) ? name : existing.string());
  }
  const bool occupied = fs::is_directory(path_) && !fs::is_empty(path_);
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
  write_file_atomically(path_ / "arguments.json", arguments_json);
  if (if_run_exists_ != IfRunExists::overwrite) return;
  for (fs::path old; !(old = Trainer::latest_checkpoint(path_)).empty();) fs::remove_all(old);
  for (const char* file : {"trainer_state.json", "metrics.jsonl", "report.html"}) fs::remove(path_ / file);
}

void RunDirectory::start_metrics(const TrainingHistory& history) {
  std::string lines;
  for (const TrainingRow& row : history.training) lines += to_json_line(row);
  for (const EvaluationRow& row : history.evaluations) lines += to_json_line(row);
  for (const ProbeRow& row : history.probes) lines += to_json_line(row);
  for (const GuardRow& row : history.guards) lines += to_json_line(row);
  write_file_atomically(path_ / "metrics.jsonl", lines);
  metrics_.open(path_ / "metrics.jsonl", std::ios::app | std::ios::binary);
}

void RunDirectory::add_metrics(const std::string& line) {
  metrics_ << line << std::flush;
  require(metrics_.good(), "{}: cannot be written; is the disk full?", (path_ / "metrics.jsonl").string());
}

}  // namespace mini_bert
