// The task pretrain: the model learns to guess masked words and next sentences.
#include "apps/tasks/task.h"
#include "apps/train/masking_options.h"
#include "mini_bert/pipelines/training_inputs.h"

namespace mini_bert {

Task pretrain_task() {
  return {.training = TrainingTask{
              .name = "pretrain",
              .help = "guess masked words and next sentences",
              .flags = masking_flags(),
              .read = read_pretrain_inputs,
              .masks_tokens = true,
              .loss = "How much the right words under the masks surprise the model, plus how much the right answer to "
                      "whether a sentence follows the other does: −ln of the probability it gives them, on average.",
              .ask = "fill-mask --model {} '…[MASK]…'"}};
}

}  // namespace mini_bert
