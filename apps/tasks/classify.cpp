// The task classify: gives a text, or a pair of texts, a label, several labels or a number.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

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

TrainingInputs read_classify_inputs(const TrainOptions& options) {
  TrainingInputs inputs;
  BertConfig config = read_config(options.model);
  if (!options.problem_type.empty()) config.problem_type = options.problem_type;
  if (!config.problem_type) config.problem_type = name_of(ProblemType::single_label_classification);
  const ProblemType problem = config.problem();
  LabelOptions columns{.text = options.text_column,
                       .pair = options.pair_column,
                       .label = options.label_column,
                       .several = problem == ProblemType::multi_label_classification,
                       .numbers = problem == ProblemType::regression,
                       .known_labels = config.labels};
  std::optional<LabelledFile> training;  // columns of the first file, labels of all; the texts are moved out
  std::size_t files_read = 0;
  const Parts<LabelledText> texts = read_parts(options, [&](const std::string& path) {
    columns.is_training = files_read++ < options.train_files.size();
    LabelledFile file = read_labelled_texts(path, columns, training ? &*training : nullptr);
    note_file(path, file, file.texts.size(), inputs.reading);
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
        fmt::format("{}: the labels are vectors of {} zeros and ones", options.train, training->labels.size()));
  }
  const auto has_one = [](const LabelledText& text) { return text.labels.size() == 1; };
  if (columns.several && !training->has_vectors && std::ranges::all_of(texts.train, has_one)) {
    inputs.reading.facts.push_back(
        fmt::format("{}: no text has several labels; write commas between the labels of a text", options.train));
  }
  if (problem == ProblemType::regression) {
    config.labels = {config.labels.size() == 1 ? config.labels.front() : "LABEL_0"};
  } else {
    decide_labels(training->labels, options, config);  // of the whole file, also those that a split moved away
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

  std::vector<std::string> answer(std::span<const Request> requests) const override {
    std::vector<TextPair> pairs;
    for (const Request& request : requests) pairs.push_back(pair_of(request));
    const auto answers = classify(*loaded_.model, loaded_.tokenizer, pairs);
    std::vector<std::string> printed;
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      const std::string& pair = pairs[i].pair;
      printed.push_back(show(pair.empty() ? pairs[i].text : pairs[i].text + '\t' + pair, answers[i]));
    }
    return printed;
  }

  // A file may hold pairs of texts in two columns.
  std::vector<Request> read_file(const std::string& path, const std::string& text_column) const override {
    return requests_of_rows(path, text_column, {.takes_pair = true, .tabs_are_text = options_.pairs});
  }

 private:
  TextPair pair_of(const Request& request) const {
    if (request.is_object) {
      const std::string* const second = request.find("text_pair");
      require(second != nullptr || !options_.pairs, "the request has no \"text_pair\", which --pairs asks for");
      return {request.field("text"), second == nullptr ? "" : request.field("text_pair")};
    }
    const std::string& text = request.text;
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
              .flags = {{"text-column"}, {"text-pair-column"}, {"label-column"}, {"problem-type"}, {"class-weights"}},
              .read = read_classify_inputs,
              .check = check_options,
              .has_labels = true,
              .loss = "How much the right labels surprise the model: −ln of the probability it gives them, on average. "
                      "Where it learns numbers: the mean squared error.",
              .ask = "classify --model {} '…'"},
      .prediction = PredictionTask{.name = "classify",
                                   .help = "which label does a text have?",
                                   .flags = {{"text-column"}, {"pairs"}, {"top-k"}},
                                   .make = [](const PredictOptions& options) -> std::unique_ptr<Predictor> {
                                     return std::make_unique<ClassifyPredictor>(options);
                                   }}};
}

}  // namespace mini_bert
