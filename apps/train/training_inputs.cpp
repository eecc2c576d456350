#include "apps/train/training_inputs.h"

#include <filesystem>

#include "apps/train/guard_inputs.h"
#include "apps/train/input_reading.h"
#include "apps/train/labelled_inputs.h"
#include "apps/train/masking_inputs.h"
#include "mini_bert/bert/data/sample_reader.h"
#include "mini_bert/bert/predict/fill_mask.h"
#include "mini_bert/bert/training/masked_lm_objective.h"
#include "mini_bert/bert/training/pretraining_objective.h"

namespace mini_bert {
namespace {

template <class Model>
Model& random_model(const TrainOptions& options, TrainingInputs& inputs) {
  const BertConfig config = BertConfig::read(options.config);
  inputs.tokenizer = std::make_unique<Tokenizer>(std::filesystem::is_directory(options.vocab)
                                                     ? Tokenizer::from_directory(options.vocab)
                                                     : Tokenizer(Vocabulary::read(options.vocab)));
  check_vocabulary(config, *inputs.tokenizer, options.vocab);
  auto model = std::make_unique<Model>(config);
  model->initialize(options.training.seed);
  Model& reference = *model;
  inputs.model = std::move(model);
  return reference;
}

template <class Model>
Model& new_or_loaded_model(const TrainOptions& options, TrainingInputs& inputs) {
  if (options.model.empty()) return random_model<Model>(options, inputs);
  return load_model<Model>(options, read_config(options.model), inputs);
}

TrainingInputs read_masked_lm_inputs(const TrainOptions& options) {
  TrainingInputs inputs;
  auto& model = new_or_loaded_model<BertForMaskedLM>(options, inputs);
  const Tokenizer& tokenizer = *inputs.tokenizer;
  const Index max_length = longest_sample(options, model.config());
  const Parts<Sample> texts = read_parts(options, [&](const std::string& path) {
    return read_samples(path, {.text_column = options.text_column, .mask_spans = true}).samples;
  });
  const Layout layout = options.pack ? Layout::packed : Layout::text_per_sequence;
  TrainingData data;
  data.train = make_dataset(texts.train, tokenizer, max_length, layout);
  data.validation = make_dataset(texts.validation, tokenizer, max_length, layout);
  MaskingInputs masking = read_masking_inputs(options, tokenizer, data.train);
  data.masking = std::move(masking.rules);
  inputs.masking = std::move(masking.facts);
  data.guard = read_guard_inputs(options, tokenizer, model.config());
  for (const std::string& probe : options.probes) fill_mask(model, tokenizer, probe);  // Error if unfit
  data.probes = options.probes;
  inputs.objective = std::make_unique<MaskedLmObjective>(model, tokenizer, options.training, std::move(data));
  return inputs;
}

TrainingInputs read_pretraining_inputs(const TrainOptions& options) {
  TrainingInputs inputs;
  auto& model = new_or_loaded_model<BertForPreTraining>(options, inputs);
  const Index max_length = longest_sample(options, model.config());
  const Parts<Document> documents =
      read_parts(options, [&](const std::string& path) { return read_documents(path, options.text_column); });
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

TrainingInputs read_inputs(const TrainOptions& options) {
  if (options.task == "pretrain") return read_pretraining_inputs(options);
  if (options.task == "classify") return read_classification_inputs(options);
  if (options.task == "tag") return read_tagging_inputs(options);
  if (options.task == "answer") return read_answering_inputs(options);
  return read_masked_lm_inputs(options);
}

}  // namespace mini_bert
