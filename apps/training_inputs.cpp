#include "apps/training_inputs.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "bert/checkpoint.h"
#include "bert/predict/fill_mask.h"
#include "tensor/random.h"

namespace mini_bert {
namespace {

void read_model(const TrainOptions& options, TrainingInputs& inputs) {
  if (!options.model.empty()) {
    PretrainedModel pretrained = load_pretrained(options.model, DType::f32, WeightMemory::allocated);
    inputs.model = std::move(pretrained.model);
    inputs.tokenizer = std::make_unique<Tokenizer>(std::move(pretrained.tokenizer));
    inputs.unexpected_tensors = std::move(pretrained.unexpected);
    return;
  }
  const BertConfig config = BertConfig::read(options.config);
  inputs.tokenizer = std::make_unique<Tokenizer>(std::filesystem::is_directory(options.vocab)
                                                     ? Tokenizer::from_directory(options.vocab)
                                                     : Tokenizer(Vocabulary::read(options.vocab)));
  check_vocabulary(config, *inputs.tokenizer, options.vocab);
  inputs.model = std::make_unique<BertForMaskedLM>(config);
  inputs.model->initialize(options.training.seed);
}

struct Texts {
  std::vector<Sample> train, validation;
};

// Puts a random share of the texts aside; which ones depends on the seed alone.
Texts split(std::vector<Sample> samples, const TrainOptions& options) {
  const auto count = static_cast<Index>(samples.size());
  const auto aside = std::max<Index>(std::llround(options.validation_split * static_cast<double>(count)), 1);
  require(count > aside, "{}: {} texts are too few for --validation-split {}; at least {} are needed", options.train,
          count, options.validation_split, aside + 1);
  std::vector<Index> order = random_permutation(count, {.seed = seed_for(options.training.seed, "split")});
  std::sort(order.begin(), order.begin() + aside);
  std::sort(order.begin() + aside, order.end());
  Texts texts;
  for (Index i = 0; i < count; ++i) {
    (i < aside ? texts.validation : texts.train).push_back(std::move(samples[static_cast<std::size_t>(order[i])]));
  }
  return texts;
}

Texts read_texts(const TrainOptions& options) {
  const ReadOptions columns{.text_column = options.text_column};
  std::vector<Sample> train = read_samples(options.train, columns).samples;
  if (options.validation_split > 0) return split(std::move(train), options);
  if (options.validation.empty()) return {std::move(train), {}};
  return {std::move(train), read_samples(options.validation, columns).samples};
}

}  // namespace

TrainingInputs read_inputs(const TrainOptions& options) {
  TrainingInputs inputs;
  read_model(options, inputs);
  const Index positions = inputs.model->config().max_position_embeddings;
  require(options.max_length <= positions, "--max-length is {}, the model has positions for {} tokens",
          options.max_length, positions);
  const Index max_length = options.max_length > 0 ? options.max_length : positions;
  const Layout layout = options.pack ? Layout::packed : Layout::text_per_sequence;
  const Texts texts = read_texts(options);
  inputs.data.train = make_dataset(texts.train, *inputs.tokenizer, max_length, layout);
  inputs.data.validation = make_dataset(texts.validation, *inputs.tokenizer, max_length, layout);
  for (const std::string& probe : options.probes) fill_mask(*inputs.model, *inputs.tokenizer, probe);  // Error if unfit
  inputs.data.probes = options.probes;
  return inputs;
}

}  // namespace mini_bert
