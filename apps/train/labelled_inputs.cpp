#include "apps/train/labelled_inputs.h"

#include "apps/train/input_reading.h"
#include "mini_bert/bert/data/class_weights.h"
#include "mini_bert/bert/data/labelled_texts.h"
#include "mini_bert/bert/data/questions.h"
#include "mini_bert/bert/data/tagged_texts.h"
#include "mini_bert/bert/training/answering_objective.h"
#include "mini_bert/bert/training/classification_objective.h"
#include "mini_bert/bert/training/tagging_objective.h"
#include "mini_bert/files/file_error.h"

namespace mini_bert {
namespace {

// The labels of the checkpoint if they cover those of the data, so that a classifier can go on learning; else those of
// the data, for a new head.
void choose_labels(const std::vector<std::string>& found, const TrainOptions& options, BertConfig& config) {
  const auto is_known = [&](const std::string& label) {
    return std::ranges::find(config.labels, label) != config.labels.end();
  };
  if (!std::ranges::all_of(found, is_known)) config.labels = found;
  require(config.labels.size() > 1, "{}: every text has the label {}; at least two labels are needed to tell apart",
          options.train, in_quotes(config.labels.front()));
}

// --validation, or --train when a part of it was put aside.
const std::string& validation_file(const TrainOptions& options) {
  return options.validation.empty() ? options.train : options.validation;
}

}  // namespace

TrainingInputs read_classification_inputs(const TrainOptions& options) {
  TrainingInputs inputs;
  BertConfig config = read_config(options.model);
  if (!options.problem_type.empty()) config.problem_type = options.problem_type;
  if (!config.problem_type) config.problem_type = name_of(ProblemType::single_label_classification);
  const ProblemType problem = config.problem();
  const LabelColumns columns{.text = options.text_column, .pair = options.pair_column, .label = options.label_column};
  const bool several = problem == ProblemType::multi_label_classification;
  const Parts<LabelledText> texts =
      read_parts(options, [&](const std::string& path) { return read_labelled_texts(path, columns, several); });
  if (problem == ProblemType::regression) {
    config.labels = {config.labels.size() == 1 ? config.labels.front() : "LABEL_0"};
  } else {
    choose_labels(distinct_labels(texts.train), options, config);
  }
  auto& model = load_model<BertForSequenceClassification>(options, config, inputs);
  const auto set = [&](const std::vector<LabelledText>& part, const std::string& path) {
    return make_classification_set(part, *inputs.tokenizer, config, longest_sample(options, config), path);
  };
  ClassificationSet train = set(texts.train, options.train);
  Tensor weights;
  if (!options.class_weights.empty()) {
    require(problem == ProblemType::single_label_classification,
            "--class-weights goes with one label per text, {} has {}", options.model, name_of(problem));
    weights = class_weights(options.class_weights, config.labels, label_counts(train, problem, config.label_count()));
  }
  inputs.objective = std::make_unique<ClassificationObjective>(
      model, std::move(train), set(texts.validation, validation_file(options)), weights);
  return inputs;
}

TrainingInputs read_tagging_inputs(const TrainOptions& options) {
  TrainingInputs inputs;
  BertConfig config = read_config(options.model);
  const TagColumns columns{.words = options.text_column, .tags = options.label_column};
  const Parts<TaggedText> texts =
      read_parts(options, [&](const std::string& path) { return read_tagged_texts(path, columns); });
  choose_labels(distinct_tags(texts.train), options, config);
  auto& model = load_model<BertForTokenClassification>(options, config, inputs);
  const auto set = [&](const std::vector<TaggedText>& part, const std::string& path) {
    return make_tagging_set(part, *inputs.tokenizer, config, longest_sample(options, config), path);
  };
  TaggingSet train = set(texts.train, options.train);
  Tensor weights;
  if (!options.class_weights.empty()) {
    weights = class_weights(options.class_weights, config.labels, label_counts(train, config.label_count()));
  }
  inputs.objective = std::make_unique<TaggingObjective>(model, std::move(train),
                                                        set(texts.validation, validation_file(options)), weights);
  return inputs;
}

TrainingInputs read_answering_inputs(const TrainOptions& options) {
  TrainingInputs inputs;
  const BertConfig config = read_config(options.model);
  Parts<Question> questions = read_parts(options, [](const std::string& path) { return read_questions(path); });
  auto& model = load_model<BertForQuestionAnswering>(options, config, inputs);
  const WindowOptions windows{.max_length = longest_sample(options, config), .stride = options.doc_stride};
  const auto set = [&](std::vector<Question> part) {
    return make_answering_set(std::move(part), *inputs.tokenizer, windows);
  };
  inputs.objective = std::make_unique<AnsweringObjective>(model, set(std::move(questions.train)),
                                                          set(std::move(questions.validation)));
  return inputs;
}

}  // namespace mini_bert
