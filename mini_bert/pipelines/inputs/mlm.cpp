// The inputs of the task mlm: the model learns to guess masked words.
#include <optional>

#include "mini_bert/bert/data/sample_reader.h"
#include "mini_bert/bert/training/masked_lm_objective.h"
#include "mini_bert/pipelines/input_reading.h"
#include "mini_bert/pipelines/masking_inputs.h"

namespace mini_bert {

TrainingInputs read_mlm_inputs(const TrainingRequest& request) {
  TrainingInputs inputs;
  auto& model = new_or_loaded_model<BertForMaskedLM>(request, inputs);
  const Tokenizer& tokenizer = *inputs.tokenizer;
  const Index max_length = longest_sample(request, model.config(), *inputs.tokenizer);
  std::optional<TextColumns> columns;  // of the training file
  const Parts<Sample> texts = read_parts(request, [&](const DataSource& source) {
    SampleFile file =
        read_samples(source, {.text_column = request.text_column, .decided = columns, .mask_spans = true});
    note_file(source, file, file.samples.size(), inputs.reading);
    if (!columns) {
      columns = file.columns;
      for (const Sample& sample : file.samples) note_text(sample.text, inputs.reading);
    }
    return std::move(file.samples);
  });
  const Layout layout = request.pack ? Layout::packed : Layout::text_per_sequence;
  TrainingData data;
  data.train = make_dataset(texts.train, tokenizer, max_length, layout);
  data.validation = make_dataset(texts.validation, tokenizer, max_length, layout);
  MaskingInputs masking = read_masking_inputs(request, tokenizer, data.train);
  data.masking = std::move(masking.rules);
  inputs.masking = std::move(masking.facts);
  data.guard = read_guard_of(request, tokenizer, model.config());
  data.probes = request.probes;
  inputs.objective = std::make_unique<MaskedLmObjective>(model, tokenizer, request.training, std::move(data));
  return inputs;
}

}  // namespace mini_bert
