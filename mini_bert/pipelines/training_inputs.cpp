#include "mini_bert/pipelines/training_inputs.h"

#include <algorithm>
#include <string_view>

#include <fmt/ranges.h>

#include "mini_bert/base/argument_error.h"

namespace mini_bert {
namespace {

struct InputReader {
  std::string_view task;
  TrainingInputs (*read)(const TrainingRequest&);
};

constexpr InputReader readers[] = {{"mlm", read_mlm_inputs},           {"pretrain", read_pretrain_inputs},
                                   {"classify", read_classify_inputs}, {"tag", read_tag_inputs},
                                   {"answer", read_answer_inputs},     {"choose", read_choose_inputs}};

}  // namespace

TrainingInputs read_training_inputs(const TrainingRequest& request) {
  const auto* const found = std::ranges::find(readers, request.task, &InputReader::task);
  require_argument(found != std::end(readers), "task",
                   "is '{}'; expected mlm, pretrain, classify, tag, answer or choose", request.task);
  TrainingInputs inputs = found->read(request);
  inputs.weights.read();
  return inputs;
}

}  // namespace mini_bert
