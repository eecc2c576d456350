// The tasks that point at stretches of a text: tag, answer.
#include <algorithm>

#include "apps/predict/predict_task_makers.h"
#include "apps/console/text_format.h"
#include "mini_bert/bert/checkpoint.h"
#include "mini_bert/bert/predict/answer.h"
#include "mini_bert/bert/predict/tag.h"

namespace mini_bert {
namespace {

Aggregation parse_aggregation(const std::string& name) {
  const std::vector<std::string> names = {"none", "simple", "first", "average", "max"};  // in the order of the enum
  return static_cast<Aggregation>(std::ranges::find(names, name) - names.begin());
}

class TagTask : public PredictTask {
 public:
  explicit TagTask(const PredictOptions& options)
      : options_(options), loaded_(load_pretrained<BertForTokenClassification>(options.model)) {}

  std::vector<std::string> answer(std::span<const std::string> texts) const override {
    const Aggregation aggregation = parse_aggregation(options_.aggregation);
    const auto answers = tag(*loaded_.model, loaded_.tokenizer, texts, aggregation);
    std::vector<std::string> printed;
    for (std::size_t i = 0; i < texts.size(); ++i) {
      printed.push_back(options_.json ? json(answers[i], aggregation) : table(texts[i], answers[i]));
    }
    return printed;
  }

 private:
  static std::string json(const std::vector<TaggedSpan>& spans, Aggregation aggregation) {
    Json rows = Json::array();
    for (const TaggedSpan& span : spans) {
      Json row;
      row[aggregation == Aggregation::none ? "entity" : "entity_group"] = span.entity;
      row["score"] = span.score;
      if (aggregation == Aggregation::none) row["index"] = span.index;
      row["word"] = span.word;
      row["start"] = span.begin;
      row["end"] = span.end;
      rows.push_back(std::move(row));
    }
    return line_of(rows);
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

class AnswerTask : public PredictTask {
 public:
  explicit AnswerTask(const PredictOptions& options)
      : options_(options), loaded_(load_pretrained<BertForQuestionAnswering>(options.model)) {}

  std::vector<std::string> answer(std::span<const std::string> texts) const override {
    std::vector<Question> questions;
    for (const std::string& text : texts) questions.push_back(question_of(text));
    const WindowOptions windows{.max_length = loaded_.model->config().max_position_embeddings,
                                .stride = options_.doc_stride};
    const auto answers = mini_bert::answer(*loaded_.model, loaded_.tokenizer, std::move(questions), windows,
                                           {.top_k = options_.top_k, .may_be_absent = options_.may_be_absent});
    std::vector<std::string> printed;
    for (std::size_t i = 0; i < texts.size(); ++i) {
      printed.push_back(options_.json ? json(answers[i]) : table(texts[i].substr(0, texts[i].find('\t')), answers[i]));
    }
    return printed;
  }

 private:
  static Question question_of(const std::string& text) {
    const std::size_t tab = text.find('\t');
    require(tab != std::string::npos,
            "no tab in \"{}\"; give --question and --context, or lines of a question, a tab and a text", text);
    return {.id = {}, .question = text.substr(0, tab), .context = text.substr(tab + 1), .answers = {}};
  }

  static std::string json(const std::vector<AnswerSpan>& answers) {
    Json rows = Json::array();
    for (const AnswerSpan& answer : answers) {
      rows.push_back(
          {{"score", answer.score}, {"start", answer.begin}, {"end", answer.end}, {"answer", answer.answer}});
    }
    return line_of(rows.size() == 1 ? rows.front() : rows);
  }

  static std::string table(const std::string& question, const std::vector<AnswerSpan>& answers) {
    std::string table = question + '\n';
    for (const AnswerSpan& answer : answers) {
      table += fmt::format("  {:>7}  {}  {}..{}\n", format_percent(answer.score),
                           answer.answer.empty() ? "(no answer)" : answer.answer, answer.begin, answer.end);
    }
    return table;
  }

  PredictOptions options_;
  Pretrained<BertForQuestionAnswering> loaded_;
};

}  // namespace

std::unique_ptr<PredictTask> make_tag_task(const PredictOptions& options) {
  return std::make_unique<TagTask>(options);
}

std::unique_ptr<PredictTask> make_answer_task(const PredictOptions& options) {
  return std::make_unique<AnswerTask>(options);
}

}  // namespace mini_bert
