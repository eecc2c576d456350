// The inputs of the task pretrain: the model learns to guess masked words and next sentences.
#include <optional>

#include "mini_bert/base/error.h"
#include "mini_bert/bert/data/sentence_pairs.h"
#include "mini_bert/bert/training/pretraining_objective.h"
#include "mini_bert/pipelines/input_reading.h"
#include "mini_bert/pipelines/masking_inputs.h"

namespace mini_bert {

TrainingInputs read_pretrain_inputs(const TrainingRequest& request) {
  TrainingInputs inputs;
  auto& model = new_or_loaded_model<BertForPreTraining>(request, inputs);
  require(
      inputs.tokenizer->options().adds_special_tokens,
      "{}: post_processor adds no [CLS] and [SEP], which the task pretrain puts around two sentences; choose the task "
      "mlm, or name them in tokenizer.json",
      request.model.empty() ? request.vocab : request.model);
  const Index max_length = longest_sample(request, model.config(), *inputs.tokenizer);
  std::optional<TextColumns> columns;  // of the training file
  const Parts<Document> documents = read_parts(request, [&](const DataSource& source) {
    DocumentFile file = read_documents(source, request.text_column, columns);
    note_file(source, file, file.documents.size(), inputs.reading);
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
  MaskingInputs masking = read_masking_inputs(request, *inputs.tokenizer, train.data);
  inputs.masking = std::move(masking.facts);
  inputs.objective = std::make_unique<PretrainingObjective>(
      model, *inputs.tokenizer, request.training, max_length, std::move(train), set(documents.validation),
      std::move(masking.rules), read_guard_of(request, *inputs.tokenizer, model.config()));
  return inputs;
}

}  // namespace mini_bert
