#include "apps/train/read_inputs.h"

#include "apps/console/argument_wording.h"
#include "apps/console/shipped_files.h"
#include "apps/tasks/tasks.h"

namespace mini_bert {
namespace {

constexpr const char* default_guard = "data/guard-zh.jsonl";

}  // namespace

std::string guard_file(const std::string& guard) {
  if (guard != "default") return guard;
  const auto found = shipped(default_guard);
  if (!found) {
    fail(
        "--guard default: there is no {0} or share/mini_bert/{0} beside the program or in a folder above it; name the "
        "file",
        default_guard);
  }
  return found->string();
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
