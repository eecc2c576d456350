// The task classify: gives a text, or a pair of texts, a label, several labels or a number.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "apps/console/command_line.h"
#include "apps/console/text_format.h"
#include "apps/predict/predictor.h"
#include "apps/tasks/task.h"
#include "apps/train/train_options.h"
#include "mini_bert/bert/checkpoint.h"
#include "mini_bert/bert/predict/classify.h"
#include "mini_bert/pipelines/training_inputs.h"

namespace mini_bert {
namespace {

using Json = nlohmann::ordered_json;

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
