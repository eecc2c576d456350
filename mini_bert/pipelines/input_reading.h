#pragma once

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "mini_bert/base/file_error.h"
#include "mini_bert/base/foreign_error.h"
#include "mini_bert/bert/data/new_words.h"
#include "mini_bert/bert/longest_sequence.h"
#include "mini_bert/bert/model/grow_vocabulary.h"
#include "mini_bert/bert/training/guard.h"
#include "mini_bert/nn/initial_values.h"
#include "mini_bert/pipelines/line_places.h"
#include "mini_bert/pipelines/training_inputs.h"
#include "mini_bert/tensor/random.h"

// Functions with which several tasks read their inputs.
namespace mini_bert {

// The longest sample in tokens. Error when max_length exceeds what the model reads.
inline Index longest_sample(const TrainingRequest& request, const BertConfig& config, const Tokenizer& tokenizer) {
  const Index positions = config.max_position_embeddings;
  require(request.max_length <= positions, "`max_length` is {}, the model has positions for {} tokens",
          request.max_length, positions);
  return request.max_length > 0 ? request.max_length : longest_sequence(config, tokenizer);
}

// If max_length exceeds model_max_length of the tokenizer, raises that as well: the trained model then reads what it
// was trained on. longest_sample() checks that the model has the positions.
inline void raise_model_max_length(const TrainingRequest& request, TrainingInputs& inputs) {
  TokenizerOptions settings = inputs.tokenizer->options();
  if (request.max_length <= settings.model_max_length) return;
  inputs.reading.facts.push_back(
      fmt::format("`max_length` {0} is above model_max_length {1} of the tokenizer; the trained model will state {0}",
                  request.max_length, settings.model_max_length));
  settings.model_max_length = static_cast<std::int32_t>(request.max_length);
  inputs.tokenizer = std::make_unique<Tokenizer>(inputs.tokenizer->base_vocabulary(), std::move(settings));
}

// Notes how a file was read: the columns and first texts of the training file, which comes first, and dropped rows.
template <class File>
void note_file(const DataSource& source, const File& file, std::size_t kept, ReadingNotes& notes) {
  for (std::string& fact : file.dropped.facts(source.name(), kept)) notes.facts.push_back(std::move(fact));
  if constexpr (requires { file.columns; }) {
    if (notes.columns.empty()) notes.columns = file.columns;
  }
}

// Notes the beginnings of the first texts.
inline void note_text(const std::string& text, ReadingNotes& notes) {
  constexpr std::size_t most = 3;
  if (notes.first_texts.size() < most) notes.first_texts.push_back(in_quotes(text));
}

template <class T>
struct Parts {
  std::vector<T> train, validation;
};

// Keeps the first most_training and most_validation.
template <class T>
Parts<T> first_of(const TrainingRequest& request, Parts<T> parts) {
  const auto shorten = [](std::vector<T>& entries, const std::optional<std::int64_t>& most) {
    if (most && *most < std::ssize(entries)) entries.erase(entries.begin() + *most, entries.end());
  };
  shorten(parts.train, request.most_training);
  shorten(parts.validation, request.most_validation);
  return parts;
}

// Reads sources one after the other with `read`. Entries count on from file to file: their lines, or
// their numbers where a file has no lines (LinePlaces).
template <class Read>
auto read_sources(const std::vector<DataSource>& sources, const Read& read) {
  using T = typename decltype(read(sources.front()))::value_type;
  std::vector<std::string> names;
  for (const DataSource& source : sources) names.push_back(source.name());
  const LinePlaces places(names);
  std::vector<T> all;
  for (std::size_t i = 0; i < sources.size(); ++i) {
    std::vector<T> part = read(sources[i]);
    const std::size_t earlier = all.size();
    for (T& entry : part) {
      if constexpr (requires { entry.line; }) entry.line += places.before(i);
      if constexpr (requires { entry.number; }) entry.number += earlier;
      all.push_back(std::move(entry));
    }
  }
  return all;
}

// Reads training and validation data with `read`. With validation_split, a random share of the training data becomes
// the validation data instead. The seed alone decides which.
template <class Read>
auto read_parts(const TrainingRequest& request, const Read& read) {
  auto all = read_sources(request.train_sources(), read);
  using T = typename decltype(all)::value_type;
  if (request.validation_split == 0) {
    return first_of(request, Parts<T>{std::move(all), read_sources(request.validation_sources(), read)});
  }
  const auto count = static_cast<Index>(all.size());
  const auto aside = std::max<Index>(std::llround(request.validation_split * static_cast<double>(count)), 1);
  require(count > aside, "{}: {} texts are too few for `validation_split` {}; at least {} are needed", request.train,
          count, request.validation_split, aside + 1);
  std::vector<Index> order = random_permutation(count, {.seed = seed_for(request.training.seed, "split")});
  std::sort(order.begin(), order.begin() + aside);
  std::sort(order.begin() + aside, order.end());
  Parts<T> parts;
  for (Index i = 0; i < count; ++i) {
    (i < aside ? parts.validation : parts.train).push_back(std::move(all[static_cast<std::size_t>(order[i])]));
  }
  return first_of(request, std::move(parts));
}

// Gives a row to each token that the tokenizer has and the loaded model does not, as if it were a word of add_words.
template <class Model>
void give_rows(Pretrained<Model>& pretrained) {
  const Index first = pretrained.tokenizer.size_with_rows();
  if (first == pretrained.tokenizer.vocabulary().size()) return;
  BertConfig config = pretrained.model->config();
  config.vocab_size = pretrained.tokenizer.vocabulary().size();
  auto model = std::make_unique<Model>(config);
  grow_vocabulary(*pretrained.model, pieces_of_rowless(pretrained.tokenizer), first, *model);
  pretrained.model = std::move(model);
  pretrained.tokenizer.set_rows(config.vocab_size);
  pretrained.report.vocabulary_note += "; each now begins with the mean of its pieces";
}

// Adds the words of add_words to a loaded model.
template <class Model>
void add_words(const TrainingRequest& request, Pretrained<Model>& pretrained, TrainingInputs& inputs) {
  GrownVocabulary vocabulary = add_words(pretrained.tokenizer, request.add_words);
  BertConfig config = pretrained.model->config();
  const Index first = pretrained.tokenizer.vocabulary().size();
  config.vocab_size = std::max<Index>(config.vocab_size, vocabulary.tokenizer.vocabulary().size());
  auto model = std::make_unique<Model>(config);
  grow_vocabulary(*pretrained.model, vocabulary.pieces, first, *model);
  pretrained.model = std::move(model);
  pretrained.tokenizer = std::move(vocabulary.tokenizer);
  inputs.new_words = vocabulary.words.size();
  inputs.known_words = vocabulary.known;
}

// Whether labels are the numbers that stand for a checkpoint's labels: 0 for LABEL_0, 1 for LABEL_1, …, which is what
// transformers calls labels without names. The checkpoint's head then knows them.
inline bool are_numbers_of(const BertConfig& checkpoint, std::span<const std::string> labels) {
  bool same = static_cast<Index>(labels.size()) == checkpoint.label_count();
  for (Index id = 0; same && id < checkpoint.label_count(); ++id) {
    same = labels[static_cast<std::size_t>(id)] == std::to_string(id) &&
           checkpoint.label(id) == fmt::format("LABEL_{}", id);
  }
  return same;
}

// The configuration of the model that a request trains.
inline BertConfig config_of(const TrainingRequest& request) {
  return request.trained ? request.trained->config() : read_config(request.model);
}

// Whether the head for labels must begin anew, because the labels are others than those that it was trained with.
inline bool has_new_labels(const BertConfig& before, const BertConfig& config) {
  return before.labels != config.labels && !are_numbers_of(before, config.labels);
}

// A model for a task with the weights of another in memory. Its head gets random weights where the other has none.
template <class Model>
Pretrained<Model> with_weights_of(const TrainingRequest& request, const BertConfig& config) {
  Pretrained<Model> made{std::make_unique<Model>(config), *request.trained_tokenizer, {}};
  made.model->initialize(request.training.seed);
  const bool new_labels = request.trained->architecture() != made.model->architecture() ||
                          has_new_labels(request.trained->config(), config);
  const std::vector<Parameter> before = request.trained->parameters();
  for (const Parameter& parameter : made.model->parameters()) {
    const auto found = std::ranges::find(before, parameter.path, &Parameter::path);
    const bool fits = found != before.end() && found->value().shape() == parameter.value().shape();
    if (!fits || (parameter.place.row_per_label && new_labels)) continue;
    Tensor value = parameter.value();
    value.copy_from(found->value());
    parameter.weight.changed();
  }
  return made;
}

// Loads a model for a task, or makes it from the one in memory. A head that is missing gets random weights. Weights of
// files are read later.
template <class Model>
Pretrained<Model> model_of(const TrainingRequest& request, const BertConfig& config, WeightsToCome& weights) {
  if (request.trained) return with_weights_of<Model>(request, config);
  return load_pretrained<Model>(request.model, {.memory = WeightMemory::allocated,
                                                .config = config,
                                                .new_head_seed = request.training.seed,
                                                .new_labels = has_new_labels(read_config(request.model), config),
                                                .later = &weights});
}

// Puts the model for a task into `inputs`. A model in memory that is already for this task and these labels is trained
// further as it is.
template <class Model>
Model& load_model(const TrainingRequest& request, const BertConfig& config, TrainingInputs& inputs) {
  auto* const same = dynamic_cast<Model*>(request.trained.get());
  const bool keeps_head =
      same != nullptr && same->config().labels == config.labels && same->config().problem_type == config.problem_type;
  if (keeps_head && request.add_words.empty()) {
    inputs.model = request.trained;
    inputs.tokenizer = std::make_shared<Tokenizer>(*request.trained_tokenizer);
    raise_model_max_length(request, inputs);
    return *same;
  }
  Pretrained<Model> pretrained = model_of<Model>(request, config, inputs.weights);
  const bool grows =
      !request.add_words.empty() || pretrained.tokenizer.size_with_rows() < pretrained.tokenizer.vocabulary().size();
  if (grows) inputs.weights.read();  // the larger model begins with them
  give_rows(pretrained);
  if (!request.add_words.empty()) add_words(request, pretrained, inputs);
  Model& model = *pretrained.model;
  inputs.model = std::move(pretrained.model);
  inputs.tokenizer = std::make_unique<Tokenizer>(std::move(pretrained.tokenizer));
  inputs.report = std::move(pretrained.report);
  raise_model_max_length(request, inputs);
  return model;
}

// Makes a model with random weights from config in `inputs`. Its vocabulary is vocab.
template <class Model>
Model& random_model(const TrainingRequest& request, TrainingInputs& inputs) {
  const BertConfig config = BertConfig::read(request.config);
  inputs.tokenizer = std::make_unique<Tokenizer>(std::filesystem::is_directory(status_of(request.vocab))
                                                     ? Tokenizer::from_directory(request.vocab)
                                                     : Tokenizer(Vocabulary::read(request.vocab)));
  require(inputs.tokenizer->vocabulary().size() <= config.vocab_size,
          "{}: the vocabulary has {} tokens, `config` says vocab_size {}; correct vocab_size", request.vocab,
          inputs.tokenizer->vocabulary().size(), config.vocab_size);
  inputs.report.vocabulary_note = check_vocabulary(config, *inputs.tokenizer, request.vocab);
  raise_model_max_length(request, inputs);
  const NoInitialValues drawn_from_the_seed_below;
  auto model = std::make_unique<Model>(config);
  Model& reference = *model;
  inputs.weights.add([&reference, seed = request.training.seed] { reference.initialize(seed); });
  inputs.model = std::move(model);
  return reference;
}

template <class Model>
Model& new_or_loaded_model(const TrainingRequest& request, TrainingInputs& inputs) {
  if (request.model.empty()) return random_model<Model>(request, inputs);
  return load_model<Model>(request, config_of(request), inputs);
}

// Keeps the checkpoint's labels if they include those of the data, so that a classifier can be trained further.
// Otherwise takes the labels of the data, for a new head. Error when there is only one label.
inline void decide_labels(const std::vector<std::string>& found, const TrainingRequest& request, BertConfig& config) {
  const auto is_known = [&](const std::string& label) {
    return std::ranges::find(config.labels, label) != config.labels.end();
  };
  if (!std::ranges::all_of(found, is_known)) config.labels = found;
  require(config.labels.size() > 1, "{}: every text has the label {}; at least two labels are needed to tell apart",
          request.train, in_quotes(config.labels.front()));
}

// The file of the validation data; the training data when they were split off from it.
inline const std::string& validation_file(const TrainingRequest& request) {
  return request.validation.empty() ? request.train : request.validation;
}

// The guard of a run; empty without one.
inline Guard read_guard_of(const TrainingRequest& request, const Tokenizer& tokenizer, const BertConfig& config) {
  if (request.masking.guard.empty()) return {};
  return read_guard(request.masking.guard, tokenizer, longest_sequence(config, tokenizer));
}

}  // namespace mini_bert
