#include "apps/training_inputs.h"

#include <filesystem>

#include "apps/input_reading.h"
#include "apps/labelled_inputs.h"
#include "bert/data/sample_reader.h"
#include "bert/predict/fill_mask.h"
#include "bert/training/masked_lm_objective.h"

namespace mini_bert {
namespace {

BertForMaskedLM& random_model(const TrainOptions& options, TrainingInputs& inputs) {
  const BertConfig config = BertConfig::read(options.config);
  inputs.tokenizer = std::make_unique<Tokenizer>(std::filesystem::is_directory(options.vocab)
                                                     ? Tokenizer::from_directory(options.vocab)
                                                     : Tokenizer(Vocabulary::read(options.vocab)));
  check_vocabulary(config, *inputs.tokenizer, options.vocab);
  auto model = std::make_unique<BertForMaskedLM>(config);
  model->initialize(options.training.seed);
  BertForMaskedLM& reference = *model;
  inputs.model = std::move(model);
  return reference;
}

TrainingInputs read_masked_lm_inputs(const TrainOptions& options) {
  TrainingInputs inputs;
  BertForMaskedLM& model = options.model.empty()
                               ? random_model(options, inputs)
                               : load_model<BertForMaskedLM>(options, read_config(options.model), inputs);
  const Tokenizer& tokenizer = *inputs.tokenizer;
  const Index max_length = longest_sample(options, model.config());
  const Parts<Sample> texts = read_parts(options, [&](const std::string& path) {
    return read_samples(path, {.text_column = options.text_column}).samples;
  });
  const Layout layout = options.pack ? Layout::packed : Layout::text_per_sequence;
  TrainingData data;
  data.train = make_dataset(texts.train, tokenizer, max_length, layout);
  data.validation = make_dataset(texts.validation, tokenizer, max_length, layout);
  for (const std::string& probe : options.probes) fill_mask(model, tokenizer, probe);  // Error if unfit
  data.probes = options.probes;
  inputs.objective = std::make_unique<MaskedLmObjective>(model, tokenizer, options.training, std::move(data));
  return inputs;
}

}  // namespace

TrainingInputs read_inputs(const TrainOptions& options) {
  if (options.task == "classify") return read_classification_inputs(options);
  return read_masked_lm_inputs(options);
}

}  // namespace mini_bert
