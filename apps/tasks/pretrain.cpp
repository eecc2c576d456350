// The task pretrain: the model learns to guess masked words and next sentences.
#include "apps/tasks/task.h"
#include "apps/train/guard_inputs.h"
#include "apps/train/input_reading.h"
#include "apps/train/masking_inputs.h"
#include "mini_bert/base/error.h"
#include "mini_bert/bert/data/sentence_pairs.h"
#include "mini_bert/bert/training/pretraining_objective.h"

namespace mini_bert {
namespace {

TrainingInputs read_pretrain_inputs(const TrainOptions& options) {
  TrainingInputs inputs;
  auto& model = new_or_loaded_model<BertForPreTraining>(options, inputs);
  require(
      inputs.tokenizer->options().adds_special_tokens,
      "{}: post_processor adds no [CLS] and [SEP], which the task pretrain puts around two sentences; choose the task "
      "mlm, or name them in tokenizer.json",
      options.model.empty() ? options.vocab : options.model);
  const Index max_length = longest_sample(options, model.config(), *inputs.tokenizer);
  std::optional<TextColumns> columns;  // of the training file
  const Parts<Document> documents = read_parts(options, [&](const std::string& path) {
    DocumentFile file = read_documents(path, options.text_column, columns);
    note_file(path, file, file.documents.size(), inputs.reading);
    if (!columns) {
      columns = file.columns;
      for (const Document& document : file.documents) note_text(document.empty() ? "" : document[0], inputs.reading);
    }
    return std::move(file.documents);
  });
  const auto set = [&](const std::vector<Document>& part) {
    return make_pair_set(part, *inputs.tokenizer, max_length);
  };
  PairSet train = set(documents.train);
  MaskingInputs masking = read_masking_inputs(options, *inputs.tokenizer, train.data);
  inputs.masking = std::move(masking.facts);
  inputs.objective = std::make_unique<PretrainingObjective>(
      model, *inputs.tokenizer, options.training, max_length, std::move(train), set(documents.validation),
      std::move(masking.rules), read_guard_inputs(options, *inputs.tokenizer, model.config()));
  return inputs;
}

}  // namespace

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
