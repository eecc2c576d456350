// The task classify: gives a text, or a pair of texts, a label, several labels or a number.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "apps/console/command_line.h"
#include "apps/console/text_format.h"
#include "apps/predict/predictor.h"
#include "apps/tasks/task.h"
#include "apps/train/input_reading.h"
#include "mini_bert/bert/checkpoint.h"
#include "mini_bert/bert/data/class_weights.h"
#include "mini_bert/bert/data/labelled_texts.h"
#include "mini_bert/bert/predict/classify.h"
#include "mini_bert/bert/training/classification_objective.h"

namespace mini_bert {
namespace {

using Json = nlohmann::ordered_json;

TrainingInputs read_inputs(const TrainOptions& options) {
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
    decide_labels(distinct_labels(texts.train), options, config);
  }
  auto& model = load_model<BertForSequenceClassification>(options, config, inputs);
  const auto set = [&](const std::vector<LabelledText>& part, const std::string& path) {
    return make_classification_set(part, *inputs.tokenizer, config, longest_sample(options, config, *inputs.tokenizer),
                                   path);
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

void check_options(const TrainOptions& options) {
  const bool one_label = options.problem_type.empty() || options.problem_type == "single_label_classification";
  if (!one_label && !options.class_weights.empty()) throw UsageError("--class-weights goes with one label per text");
}

class ClassifyPredictor : public Predictor {
 public:
  explicit ClassifyPredictor(const PredictOptions& options)
      : options_(options), loaded_(load_for_answers<BertForSequenceClassification>(options)) {}

  std::vector<std::string> answer(std::span<const std::string> texts) const override {
    std::vector<TextPair> pairs;
    for (const std::string& text : texts) pairs.push_back(pair_of(text));
    const auto answers = classify(*loaded_.model, loaded_.tokenizer, pairs);
    std::vector<std::string> printed;
    for (std::size_t i = 0; i < texts.size(); ++i) printed.push_back(show(texts[i], answers[i]));
    return printed;
  }

 private:
  TextPair pair_of(const std::string& text) const {
    const std::size_t tab = text.find('\t');
    if (!options_.pairs) return {text, {}};
    require(tab != std::string::npos, "no tab in the text \"{}\"; --pairs wants one between the two texts", text);
    return {text.substr(0, tab), text.substr(tab + 1)};
  }

  std::string show(const std::string& text, const std::vector<LabelScore>& answers) const {
    const auto count = std::min(answers.size(), static_cast<std::size_t>(options_.top_k));
    Json rows = Json::array();
    std::string table = text + '\n';
    const bool is_number = loaded_.model->config().problem() == ProblemType::regression;
    for (std::size_t i = 0; i < count; ++i) {
      rows.push_back({{"label", answers[i].label}, {"score", answers[i].score}});
      table += fmt::format("  {:>7}  {}\n",
                           is_number ? fmt::format("{:.4g}", answers[i].score) : format_percent(answers[i].score),
                           answers[i].label);
    }
    return options_.json ? rows.dump() + '\n' : table;
  }

  PredictOptions options_;
  Pretrained<BertForSequenceClassification> loaded_;
};

}  // namespace

Task classify_task() {
  return {
      .training =
          TrainingTask{
              .name = "classify",
              .help = "tell the label of a text",
              .flags = {{"text-pair-column"}, {"label-column"}, {"problem-type"}, {"class-weights"}},
              .read = read_inputs,
              .check = check_options,
              .has_labels = true,
              .loss = "How much the right labels surprise the model: −ln of the probability it gives them, on average. "
                      "Where it learns numbers: the mean squared error.",
              .ask = "classify --model {} '…'"},
      .prediction = PredictionTask{.name = "classify",
                                   .help = "which label does a text have?",
                                   .make = [](const PredictOptions& options) -> std::unique_ptr<Predictor> {
                                     return std::make_unique<ClassifyPredictor>(options);
                                   }}};
}

}  // namespace mini_bert
