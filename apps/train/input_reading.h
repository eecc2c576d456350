#pragma once

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "apps/console/argument_wording.h"
#include "apps/train/line_places.h"
#include "apps/train/train_options.h"
#include "apps/train/training_inputs.h"
#include "mini_bert/base/file_error.h"
#include "mini_bert/bert/data/new_words.h"
#include "mini_bert/bert/longest_sequence.h"
#include "mini_bert/bert/model/grow_vocabulary.h"
#include "mini_bert/nn/initial_values.h"
#include "mini_bert/tensor/random.h"

// Functions with which several tasks read their inputs.
namespace mini_bert {

// The longest sample in tokens. Error when --max-length exceeds what the model reads.
inline Index longest_sample(const TrainOptions& options, const BertConfig& config, const Tokenizer& tokenizer) {
  const Index positions = config.max_position_embeddings;
  require(options.max_length <= positions, "--max-length is {}, the model has positions for {} tokens",
          options.max_length, positions);
  return options.max_length > 0 ? options.max_length : longest_sequence(config, tokenizer);
}

// If --max-length exceeds model_max_length of the tokenizer, raises that as well: the trained model then reads what it
// was trained on. longest_sample() checks that the model has the positions.
inline void raise_model_max_length(const TrainOptions& options, TrainingInputs& inputs) {
  TokenizerOptions settings = inputs.tokenizer->options();
  if (options.max_length <= settings.model_max_length) return;
  inputs.reading.facts.push_back(
      fmt::format("--max-length {0} is above model_max_length {1} of the tokenizer; the trained model will state {0}",
                  options.max_length, settings.model_max_length));
  settings.model_max_length = static_cast<std::int32_t>(options.max_length);
  inputs.tokenizer = std::make_unique<Tokenizer>(inputs.tokenizer->base_vocabulary(), std::move(settings));
}

// Notes how a file was read: the columns and first texts of the training file, which comes first, and dropped rows.
template <class File>
void note_file(const std::string& path, const File& file, std::size_t kept, ReadingNotes& notes) {
  const auto is_flag = [](const std::string& /*flag*/) { return true; };
  for (const std::string& fact : file.dropped.facts(path, kept)) notes.facts.push_back(worded(Error(fact), is_flag));
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

// Keeps the first --max-train-samples and --max-eval-samples.
template <class T>
Parts<T> first_of(const TrainOptions& options, Parts<T> parts) {
  const auto shorten = [](std::vector<T>& entries, const std::optional<std::int64_t>& most) {
    if (most && *most < std::ssize(entries)) entries.erase(entries.begin() + *most, entries.end());
  };
  shorten(parts.train, options.most_training);
  shorten(parts.validation, options.most_validation);
  return parts;
}

// Reads files one after the other with `read`, which gets a path. Entries count on from file to file: their lines, or
// their numbers where a file has no lines (LinePlaces).
template <class Read>
auto read_files(const std::vector<std::string>& files, const Read& read) {
  using T = typename decltype(read(std::string()))::value_type;
  const LinePlaces places(files);
  std::vector<T> all;
  for (std::size_t i = 0; i < files.size(); ++i) {
    std::vector<T> part = read(files[i]);
    const std::size_t earlier = all.size();
    for (T& entry : part) {
      if constexpr (requires { entry.line; }) entry.line += places.before(i);
      if constexpr (requires { entry.number; }) entry.number += earlier;
      all.push_back(std::move(entry));
    }
  }
  return all;
}

// Reads --train and --validation with `read`. With --validation-split, a random share of the training data becomes the
// validation data instead. The seed alone decides which.
template <class Read>
auto read_parts(const TrainOptions& options, const Read& read) {
  auto all = read_files(options.train_files, read);
  using T = typename decltype(all)::value_type;
  if (options.validation_split == 0) {
    return first_of(options, Parts<T>{std::move(all), read_files(options.validation_files, read)});
  }
  const auto count = static_cast<Index>(all.size());
  const auto aside = std::max<Index>(std::llround(options.validation_split * static_cast<double>(count)), 1);
  require(count > aside, "{}: {} texts are too few for --validation-split {}; at least {} are needed", options.train,
          count, options.validation_split, aside + 1);
  std::vector<Index> order = random_permutation(count, {.seed = seed_for(options.training.seed, "split")});
  std::sort(order.begin(), order.begin() + aside);
  std::sort(order.begin() + aside, order.end());
  Parts<T> parts;
  for (Index i = 0; i < count; ++i) {
    (i < aside ? parts.validation : parts.train).push_back(std::move(all[static_cast<std::size_t>(order[i])]));
  }
  return first_of(options, std::move(parts));
}

// Gives a row to each token that the tokenizer has and the loaded model does not, as if it were a word of --add-words.
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

// Adds the words of --add-words to a loaded model.
template <class Model>
void add_words(const TrainOptions& options, Pretrained<Model>& pretrained, TrainingInputs& inputs) {
  GrownVocabulary vocabulary = add_words(pretrained.tokenizer, options.add_words);
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

// Loads a model for a task into `inputs`. A head that is missing from the checkpoint gets random weights.
template <class Model>
Model& load_model(const TrainOptions& options, const BertConfig& config, TrainingInputs& inputs) {
  const BertConfig before = read_config(options.model);
  Pretrained<Model> pretrained = load_pretrained<Model>(
      options.model, {.memory = WeightMemory::allocated,
                      .config = config,
                      .new_head_seed = options.training.seed,
                      .new_labels = before.labels != config.labels && !are_numbers_of(before, config.labels)});
  give_rows(pretrained);
  if (!options.add_words.empty()) add_words(options, pretrained, inputs);
  Model& model = *pretrained.model;
  inputs.model = std::move(pretrained.model);
  inputs.tokenizer = std::make_unique<Tokenizer>(std::move(pretrained.tokenizer));
  inputs.report = std::move(pretrained.report);
  raise_model_max_length(options, inputs);
  return model;
}

// Makes a model with random weights from --config in `inputs`. Its vocabulary is --vocab.
template <class Model>
Model& random_model(const TrainOptions& options, TrainingInputs& inputs) {
  const BertConfig config = BertConfig::read(options.config);
  inputs.tokenizer = std::make_unique<Tokenizer>(std::filesystem::is_directory(options.vocab)
                                                     ? Tokenizer::from_directory(options.vocab)
                                                     : Tokenizer(Vocabulary::read(options.vocab)));
  require(inputs.tokenizer->vocabulary().size() <= config.vocab_size,
          "{}: the vocabulary has {} tokens, --config says vocab_size {}; correct vocab_size", options.vocab,
          inputs.tokenizer->vocabulary().size(), config.vocab_size);
  inputs.report.vocabulary_note = check_vocabulary(config, *inputs.tokenizer, options.vocab);
  raise_model_max_length(options, inputs);
  const NoInitialValues drawn_from_the_seed_below;
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

// Keeps the checkpoint's labels if they include those of the data, so that a classifier can be trained further.
// Otherwise takes the labels of the data, for a new head. Error when there is only one label.
inline void decide_labels(const std::vector<std::string>& found, const TrainOptions& options, BertConfig& config) {
  const auto is_known = [&](const std::string& label) {
    return std::ranges::find(config.labels, label) != config.labels.end();
  };
  if (!std::ranges::all_of(found, is_known)) config.labels = found;
  require(config.labels.size() > 1, "{}: every text has the label {}; at least two labels are needed to tell apart",
          options.train, in_quotes(config.labels.front()));
}

// The file of the validation data; --train when they were split off from it.
inline const std::string& validation_file(const TrainOptions& options) {
  return options.validation.empty() ? options.train : options.validation;
}

}  // namespace mini_bert
