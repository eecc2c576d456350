#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

#include "mini_bert/bert/training/trainer.h"

namespace mini_bert {

enum class IfRunExists { refuse, overwrite, resume };

// The output directory of a run: a model directory, checkpoint-N/, arguments.json, trainer_state.json, metrics.jsonl
// and report.html.
class RunDirectory {
 public:
  // Checks the path but writes nothing. Error when the path is a file, when it holds files that are not of a run, when
  // it holds a run and `if_run_exists` is `refuse`, or when there is no run to resume.
  RunDirectory(std::filesystem::path path, IfRunExists if_run_exists);

  // Error when the disk has less room than the trained model will take. Finding this out after training costs the run.
  void require_room(std::uint64_t bytes) const;

  // Creates the directory, tests that it is writable, and removes an old run if it should be overwritten.
  void prepare(const std::string& arguments_json);

  // Writes metrics.jsonl. start_metrics() begins with the rows of a resumed run, add_metrics() appends one line.
  void start_metrics(const TrainingHistory& history);
  void add_metrics(const std::string& line);

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  IfRunExists if_run_exists_;
  std::ofstream metrics_;
};

}  // namespace mini_bert
