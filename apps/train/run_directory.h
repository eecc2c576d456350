#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "mini_bert/bert/training/trainer.h"
#include "mini_bert/files/folder_lock.h"

namespace mini_bert {

enum class IfRunExists { refuse, overwrite, resume };

// The output directory of a run: a model directory, checkpoint-N/, arguments.json, trainer_state.json, metrics.jsonl
// and report.html. While the run goes on, run.lock says which process it is.
class RunDirectory {
 public:
  // Checks the path. A run that is there is locked for this process and cleared of what killed processes left half
  // written; nothing else changes. Error when the path is a file, when it holds files that are not of a run, when
  // another process is at work in it, when it holds a run and `if_run_exists` is `refuse`, or when there is no run to
  // resume.
  RunDirectory(std::filesystem::path path, IfRunExists if_run_exists);

  // Error when the disk has less room than the trained model will take. Finding this out after training costs the run.
  void require_room(std::uint64_t bytes) const;

  // Creates and locks the directory, tests that it is writable, and removes an old run if it should be overwritten. The
  // old run's model stays until a new one replaces it.
  void prepare(const std::string& arguments_json);

  // Writes metrics.jsonl. start_metrics() begins with the rows of a resumed run, add_metrics() appends one line.
  void start_metrics(const TrainingHistory& history);
  void add_metrics(const std::string& line);

  const std::filesystem::path& path() const { return path_; }

 private:
  void check() const;

  std::filesystem::path path_;
  IfRunExists if_run_exists_;
  std::unique_ptr<FolderLock> lock_;
  std::ofstream metrics_;
};

}  // namespace mini_bert
