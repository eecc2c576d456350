#include "apps/predict_tasks.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "apps/text_format.h"
#include "bert/checkpoint.h"
#include "bert/predict/answer.h"
#include "bert/predict/classify.h"
#include "bert/predict/embed.h"
#include "bert/predict/fill_mask.h"
#include "bert/predict/score.h"
#include "bert/predict/sentence_folder.h"
#include "bert/predict/tag.h"

namespace mini_bert {
namespace {

using Json = nlohmann::ordered_json;

std::string line_of(const Json& json) {
  return json.dump() + '\n';
}

std::vector<std::string> split_at_commas(const std::string& list) {
  std::vector<std::string> parts;
  std::istringstream stream(list);
  for (std::string part; std::getline(stream, part, ',');) parts.push_back(part);
  return parts;
}

class FillMaskTask : public PredictTask {
 public:
  explicit FillMaskTask(const PredictOptions& options) : options_(options), loaded_(load_pretrained(options.model)) {}

  std::vector<std::string> answer(std::span<const std::string> texts) const override {
    std::vector<std::string> printed;
    for (const std::string& text : texts) {
      const Answers answers = fill_mask(*loaded_.model, loaded_.tokenizer, text,
                                        {.top_k = options_.top_k, .targets = split_at_commas(options_.targets)});
      printed.push_back(options_.json ? json(answers) : table(text, answers));
    }
    return printed;
  }

 private:
  using Answers = std::vector<std::vector<FillMaskAnswer>>;

  // A list of answers for one blank, a list of such lists for several, as transformers' pipeline returns it.
  static std::string json(const Answers& answers) {
    Json blanks = Json::array();
    for (const auto& list : answers) {
      Json rows = Json::array();
      for (const FillMaskAnswer& answer : list) {
        rows.push_back({{"score", answer.score},
                        {"token", answer.token},
                        {"token_str", answer.token_str},
                        {"sequence", answer.sequence}});
      }
      blanks.push_back(std::move(rows));
    }
    return line_of(blanks.size() == 1 ? blanks.front() : blanks);
  }

  static std::string table(const std::string& text, const Answers& answers) {
    std::string table = text + '\n';
    for (std::size_t blank = 0; blank < answers.size(); ++blank) {
      if (answers.size() > 1) table += fmt::format("  blank {}\n", blank + 1);
      for (const FillMaskAnswer& answer : answers[blank]) {
        table += fmt::format("  {:>7}  {}  {}\n", format_percent(answer.score), pad_right(answer.token_str, 8),
                             answer.sequence);
      }
    }
    return table;
  }

  PredictOptions options_;
  PretrainedModel loaded_;
};

class ClassifyTask : public PredictTask {
 public:
  explicit ClassifyTask(const PredictOptions& options)
      : options_(options), loaded_(load_pretrained<BertForSequenceClassification>(options.model)) {}

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
    return options_.json ? line_of(rows) : table;
  }

  PredictOptions options_;
  Pretrained<BertForSequenceClassification> loaded_;
};

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

class EmbedTask : public PredictTask {
 public:
  explicit EmbedTask(const PredictOptions& options)
      : options_(options), loaded_(load_pretrained<BertWithoutHead>(options.model, {.new_head_seed = 0})) {
    require(options.pooling != "pooler" || loaded_.report.initialized.empty(),
            "{}: the model has no pooler; choose --pooling mean or cls", options.model);
    // What is asked for goes before what the model's folder says.
    if (options.pooling.empty()) how_ = read_sentence_folder(find_model(options.model), loaded_.tokenizer);
    if (options.pooling == "cls") how_.pooling = TextPooling::cls;
    if (options.pooling == "pooler") how_.pooling = TextPooling::pooler;
    how_.normalize |= options.normalize;
  }

  std::vector<std::string> answer(std::span<const std::string> texts) const override {
    const auto vectors = embed(*loaded_.model, loaded_.tokenizer, texts, how_);
    std::vector<std::string> printed;
    for (std::size_t i = 0; i < texts.size(); ++i) {
      printed.push_back(options_.json ? line_of(vectors[i]) : table(texts[i], vectors[i]));
    }
    return printed;
  }

 private:
  static std::string table(const std::string& text, const std::vector<float>& vector) {
    constexpr std::size_t most = 8;
    std::string table = fmt::format("{}\n  {} numbers:", text, vector.size());
    for (std::size_t i = 0; i < std::min(most, vector.size()); ++i) table += fmt::format(" {:.4f}", vector[i]);
    return table + (vector.size() > most ? " …\n" : "\n");
  }

  PredictOptions options_;
  Pretrained<BertWithoutHead> loaded_;
  EmbedOptions how_;
};

class ScoreTask : public PredictTask {
 public:
  explicit ScoreTask(const PredictOptions& options) : options_(options), loaded_(load_pretrained(options.model)) {}

  std::vector<std::string> answer(std::span<const std::string> texts) const override {
    const std::vector<TextScore> scores = score(*loaded_.model, loaded_.tokenizer, texts);
    std::vector<std::string> printed;
    for (std::size_t i = 0; i < texts.size(); ++i) {
      printed.push_back(options_.json ? json(scores[i]) : table(texts[i], scores[i]));
    }
    return printed;
  }

 private:
  static std::string json(const TextScore& text) {
    return line_of({{"score", text.score},
                    {"tokens", text.tokens},
                    {"perplexity", text.perplexity()},
                    {"token_strs", text.token_texts},
                    {"token_scores", text.token_scores}});
  }

  static std::string table(const std::string& text, const TextScore& score) {
    return fmt::format("{:>10.3f}  {:>10.2f} per token  {}\n", score.score, score.perplexity(), text);
  }

  PredictOptions options_;
  PretrainedModel loaded_;
};

}  // namespace

std::unique_ptr<PredictTask> make_predict_task(const PredictOptions& options) {
  if (options.task == "classify") return std::make_unique<ClassifyTask>(options);
  if (options.task == "tag") return std::make_unique<TagTask>(options);
  if (options.task == "answer") return std::make_unique<AnswerTask>(options);
  if (options.task == "embed") return std::make_unique<EmbedTask>(options);
  if (options.task == "score") return std::make_unique<ScoreTask>(options);
  return std::make_unique<FillMaskTask>(options);
}

}  // namespace mini_bert
