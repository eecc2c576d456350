#include "apps/train/read_inputs.h"

#include <filesystem>

#include "apps/console/argument_wording.h"
#include "apps/tasks/tasks.h"

namespace mini_bert {
namespace {

namespace fs = std::filesystem;

constexpr const char* name = "guard-zh.jsonl";

fs::path default_guard() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  for (fs::path folder = program.parent_path(); !error; folder = folder.parent_path()) {
    for (const char* below : {"data", "share/mini_bert"}) {
      if (fs::exists(folder / below / name)) return folder / below / name;
    }
    if (folder == folder.parent_path()) break;
  }
  fail("--guard default: there is no data/{0} or share/mini_bert/{0} beside {1} or in a folder above it; name the file",
       name, error ? "the program" : program.string());
}

}  // namespace

std::string guard_file(const std::string& guard) {
  return guard == "default" ? default_guard().string() : guard;
}

TrainingInputs read_inputs(const TrainOptions& options) {
  TrainingInputs inputs = training_task(options.task).read(options);
  const auto is_flag = [](const std::string& /*flag*/) { return true; };
  for (std::vector<std::string>* facts : {&inputs.reading.facts, &inputs.masking}) {
    for (std::string& fact : *facts) fact = worded(Error(fact), is_flag);
  }
  return inputs;
}

}  // namespace mini_bert
