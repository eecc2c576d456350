// The inputs of the task classify: a label, several labels or a number for a text or a pair of texts.
#include <algorithm>
#include <optional>

#include "mini_bert/bert/data/class_weights.h"
#include "mini_bert/bert/data/labelled_texts.h"
#include "mini_bert/bert/training/classification_objective.h"
#include "mini_bert/pipelines/input_reading.h"

namespace mini_bert {

TrainingInputs read_classify_inputs(const TrainingRequest& request) {
  TrainingInputs inputs;
  BertConfig config = config_of(request);
  if (!request.problem_type.empty()) config.problem_type = request.problem_type;
  if (!config.problem_type) config.problem_type = name_of(ProblemType::single_label_classification);
  const ProblemType problem = config.problem();
  LabelOptions columns{.text = request.text_column,
                       .pair = request.pair_column,
                       .label = request.label_column,
                       .several = problem == ProblemType::multi_label_classification,
                       .numbers = problem == ProblemType::regression,
                       .known_labels = config.labels};
  std::optional<LabelledFile> training;  // columns of the first file, labels of all; the texts are moved out
  std::size_t files_read = 0;
  const Parts<LabelledText> texts = read_parts(request, [&](const DataSource& source) {
    columns.is_training = files_read++ < request.train_sources().size();
    LabelledFile file = read_labelled_texts(source, columns, training ? &*training : nullptr);
    note_file(source, file, file.texts.size(), inputs.reading);
    std::vector<LabelledText> part = std::move(file.texts);
    if (columns.is_training) {
      for (const LabelledText& text : part)
        note_text(text.pair.empty() ? text.text : text.text + " | " + text.pair, inputs.reading);
      if (training && !training->has_vectors) {
        training->labels.insert(training->labels.end(), file.labels.begin(), file.labels.end());
        training->labels = sorted_labels(std::move(training->labels));
      }
      if (!training) training = std::move(file);
    }
    return part;
  });
  if (training->has_vectors) {
    inputs.reading.facts.push_back(
        fmt::format("{}: the labels are vectors of {} zeros and ones", request.train, training->labels.size()));
  }
  const auto has_one = [](const LabelledText& text) { return text.labels.size() == 1; };
  if (columns.several && !training->has_vectors && std::ranges::all_of(texts.train, has_one)) {
    inputs.reading.facts.push_back(
        fmt::format("{}: no text has several labels; write commas between the labels of a text", request.train));
  }
  if (problem == ProblemType::regression) {
    config.labels = {config.labels.size() == 1 ? config.labels.front() : "LABEL_0"};
  } else {
    decide_labels(training->labels, request, config);  // of the whole file, also those that a split moved away
  }
  auto& model = load_model<BertForSequenceClassification>(request, config, inputs);
  const auto set = [&](const std::vector<LabelledText>& part, const std::string& path) {
    return make_classification_set(part, *inputs.tokenizer, config, longest_sample(request, config, *inputs.tokenizer),
                                   path);
  };
  ClassificationSet train = set(texts.train, request.train);
  Tensor weights;
  if (!request.class_weights.empty()) {
    require(problem == ProblemType::single_label_classification,
            "`class_weights` goes with one label per text, {} has {}", request.model, name_of(problem));
    weights = class_weights(request.class_weights, config.labels, label_counts(train, problem, config.label_count()));
  }
  inputs.objective = std::make_unique<ClassificationObjective>(
      model, std::move(train), set(texts.validation, validation_file(request)), weights);
  return inputs;
}

}  // namespace mini_bert
