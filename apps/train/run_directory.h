#pragma once

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
  // Looks, but writes nothing. Error when the path is taken: by a file, by a run that is to be neither overwritten nor
  // resumed, by files that are not of a run, or when there is no run to resume.
  RunDirectory(std::filesystem::path path, IfRunExists if_run_exists);

  // Makes the directory, proves that it can be written to, and removes the run that is to be overwritten.
  void prepare(const std::string& arguments_json);

  // metrics.jsonl: starts it with the rows a resumed run already has, and adds one line each.
  void start_metrics(const TrainingHistory& history);
  void add_metrics(const std::string& line);

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  IfRunExists if_run_exists_;
  std::ofstream metrics_;
};

}  // namespace mini_bert
