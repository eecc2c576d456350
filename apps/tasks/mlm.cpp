// The task mlm: the model learns to guess masked words.
#include "apps/tasks/task.h"
#include "apps/train/masking_options.h"
#include "mini_bert/pipelines/training_inputs.h"

namespace mini_bert {

Task mlm_task() {
  std::vector<TaskFlag> flags = masking_flags();
  flags.push_back({"pack", "it joins texts"});
  flags.push_back({"probe", "it asks for masked words"});
  return {.training = TrainingTask{
              .name = "mlm",
              .help = "guess masked words",
              .flags = std::move(flags),
              .read = read_mlm_inputs,
              .masks_tokens = true,
              .loss = "How much the right words under the masks surprise the model: −ln of the probability it gives "
                      "them, on average.",
              .ask = "fill-mask --model {} '…[MASK]…'"}};
}

}  // namespace mini_bert
