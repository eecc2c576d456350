// The task tag: gives each word a label.
#include <algorithm>
#include <optional>

#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

#include "apps/console/text_format.h"
#include "apps/predict/predictor.h"
#include "apps/tasks/task.h"
#include "mini_bert/bert/checkpoint.h"
#include "mini_bert/bert/data/tagged_texts.h"
#include "mini_bert/bert/predict/tag.h"
#include "mini_bert/pipelines/training_inputs.h"

namespace mini_bert {
namespace {

using Json = nlohmann::ordered_json;

Aggregation parse_aggregation(const std::string& name) {
  const std::vector<std::string> names = {"none", "simple", "first", "average",
                                          "max"};  // in the order of the enum Aggregation
  return static_cast<Aggregation>(std::ranges::find(names, name) - names.begin());
}

class TagPredictor : public Predictor {
 public:
  explicit TagPredictor(const PredictOptions& options)
      : options_(options), loaded_(load_for_answers<BertForTokenClassification>(options)) {}

  std::vector<std::string> answer(std::span<const Request> requests) const override {
    const std::vector<std::string> texts = texts_of(requests);
    const Aggregation aggregation = parse_aggregation(options_.aggregation);
    const auto answers = tag(*loaded_.model, loaded_.tokenizer, texts, aggregation);
    std::vector<std::string> printed;
    for (std::size_t i = 0; i < texts.size(); ++i) {
      printed.push_back(options_.json ? json(answers[i], aggregation) : table(texts[i], answers[i]));
    }
    return printed;
  }

  // Words of a file become a text with blanks between them, as in transformers' pipeline (is_split_into_words).
  std::vector<Request> read_file(const std::string& path, const std::string& text_column) const override {
    const auto texts = read_words(path, text_column, loaded_.model->config().labels);
    if (!texts) return Predictor::read_file(path, text_column);
    print_message(fmt::format("{}: words, not texts; the words of each text are joined with blanks", path));
    std::vector<Request> requests;
    for (const TaggedText& text : *texts) {
      requests.push_back(text.problem.empty() ? text_request(fmt::format("{}", fmt::join(text.words, " ")),
                                                             fmt::format("{}: line {}", path, text.line))
                                              : broken_request(text.problem));
      requests.back().id = text.id;
    }
    return requests;
  }

 private:
  static std::string json(const std::vector<TaggedSpan>& spans, Aggregation aggregation) {
    Json rows = Json::array();
    for (const TaggedSpan& span : spans) {
      Json row = Json::object();
      row[aggregation == Aggregation::none ? "entity" : "entity_group"] = span.entity;
      row["score"] = span.score;
      if (aggregation == Aggregation::none) row["index"] = span.index;
      row["word"] = span.word;
      row["start"] = span.begin;
      row["end"] = span.end;
      rows.push_back(std::move(row));
    }
    return rows.dump() + '\n';
  }

  static std::string table(const std::string& text, const std::vector<TaggedSpan>& spans) {
    std::string table = text + '\n';
    for (const TaggedSpan& span : spans) {
      table += fmt::format("  {:>7}  {}  {}..{}  {}\n", format_percent(span.score), pad_right(span.entity, 8),
                           span.begin, span.end, span.word);
    }
    return table;
  }

  PredictOptions options_;
  Pretrained<BertForTokenClassification> loaded_;
};

}  // namespace

Task tag_task() {
  return {
      .training =
          TrainingTask{
              .name = "tag",
              .help = "tell the label of each word",
              .flags = {{"text-column"}, {"label-column"}, {"class-weights"}},
              .read = read_tag_inputs,
              .has_labels = true,
              .entry = "text at line",
              .loss = "How much the right tags surprise the model: −ln of the probability it gives them, on average.",
              .ask = "tag --model {} '…'"},
      .prediction = PredictionTask{.name = "tag",
                                   .help = "which words are names, places, …?",
                                   .flags = {{"text-column"}, {"aggregation"}},
                                   .make = [](const PredictOptions& options) -> std::unique_ptr<Predictor> {
                                     return std::make_unique<TagPredictor>(options);
                                   }}};
}

}  // namespace mini_bert
