// The task mlm: the model learns to guess masked words.
#include "apps/tasks/task.h"
#include "apps/train/guard_inputs.h"
#include "apps/train/input_reading.h"
#include "apps/train/masking_inputs.h"
#include "mini_bert/bert/data/sample_reader.h"
#include "mini_bert/bert/training/masked_lm_objective.h"

namespace mini_bert {
namespace {

TrainingInputs read_mlm_inputs(const TrainOptions& options) {
  TrainingInputs inputs;
  auto& model = new_or_loaded_model<BertForMaskedLM>(options, inputs);
  const Tokenizer& tokenizer = *inputs.tokenizer;
  const Index max_length = longest_sample(options, model.config(), *inputs.tokenizer);
  std::optional<TextColumns> columns;  // of the training file
  const Parts<Sample> texts = read_parts(options, [&](const std::string& path) {
    SampleFile file = read_samples(path, {.text_column = options.text_column, .decided = columns, .mask_spans = true});
    note_file(path, file, file.samples.size(), inputs.reading);
    if (!columns) {
      columns = file.columns;
      for (const Sample& sample : file.samples) note_text(sample.text, inputs.reading);
    }
    return std::move(file.samples);
  });
  const Layout layout = options.pack ? Layout::packed : Layout::text_per_sequence;
  TrainingData data;
  data.train = make_dataset(texts.train, tokenizer, max_length, layout);
  data.validation = make_dataset(texts.validation, tokenizer, max_length, layout);
  MaskingInputs masking = read_masking_inputs(options, tokenizer, data.train);
  data.masking = std::move(masking.rules);
  inputs.masking = std::move(masking.facts);
  data.guard = read_guard_inputs(options, tokenizer, model.config());
  data.probes = options.probes;
  inputs.objective = std::make_unique<MaskedLmObjective>(model, tokenizer, options.training, std::move(data));
  return inputs;
}

}  // namespace

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
