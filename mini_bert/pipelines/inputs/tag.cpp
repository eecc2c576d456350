// The inputs of the task tag: a label for each word.
#include <algorithm>
#include <optional>

#include <fmt/ranges.h>

#include "mini_bert/bert/data/class_weights.h"
#include "mini_bert/bert/data/tagged_texts.h"
#include "mini_bert/bert/training/tagging_objective.h"
#include "mini_bert/pipelines/input_reading.h"

namespace mini_bert {
namespace {

// Data sets that number their tags name the numbers elsewhere, for example in the features of a `datasets` file.
void note_numbers(const std::vector<std::string>& labels, ReadingNotes& notes) {
  const auto is_number = [](const std::string& label) {
    return !label.empty() && std::ranges::all_of(label, [](char c) { return '0' <= c && c <= '9'; });
  };
  if (!std::ranges::all_of(labels, is_number)) return;
  notes.facts.emplace_back(
      "the tags are numbers, and F1 counts every number as an entity, also the one that means O; write their names "
      "(O, B-PER, …) to the file");
}

}  // namespace

TrainingInputs read_tag_inputs(const TrainingRequest& request) {
  TrainingInputs inputs;
  BertConfig config = config_of(request);
  TagColumns columns{.words = request.text_column, .tags = request.label_column};
  std::optional<TaggedFile> training;  // keys of the first file, labels of all; the texts are moved out
  std::size_t files_read = 0;
  const Parts<TaggedText> texts = read_parts(request, [&](const DataSource& source) {
    columns.is_training = files_read++ < request.train_sources().size();
    TaggedFile file = read_tagged_texts(source, columns, training ? &*training : nullptr, config.labels);
    note_file(source, file, file.texts.size(), inputs.reading);
    std::vector<TaggedText> part = std::move(file.texts);
    if (columns.is_training) {
      for (const TaggedText& text : part) note_text(fmt::format("{}", fmt::join(text.words, " ")), inputs.reading);
      if (training) {
        training->labels.insert(training->labels.end(), file.labels.begin(), file.labels.end());
        std::ranges::sort(training->labels);
        training->labels.erase(std::unique(training->labels.begin(), training->labels.end()), training->labels.end());
      } else {
        training = std::move(file);
      }
    }
    return part;
  });
  note_numbers(training->labels, inputs.reading);
  decide_labels(training->labels, request, config);
  auto& model = load_model<BertForTokenClassification>(request, config, inputs);
  const auto set = [&](const std::vector<TaggedText>& part, const std::string& path) {
    return make_tagging_set(part, *inputs.tokenizer, config, longest_sample(request, config, *inputs.tokenizer), path);
  };
  TaggingSet train = set(texts.train, request.train);
  Tensor weights;
  if (!request.class_weights.empty()) {
    weights = class_weights(request.class_weights, config.labels, label_counts(train, config.label_count()));
  }
  inputs.objective = std::make_unique<TaggingObjective>(model, std::move(train),
                                                        set(texts.validation, validation_file(request)), weights);
  return inputs;
}

}  // namespace mini_bert
