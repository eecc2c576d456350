// The tasks that say one thing about a text as a whole: classify, embed, score.
#include <algorithm>

#include "apps/predict/predict_task_makers.h"
#include "apps/console/text_format.h"
#include "mini_bert/bert/checkpoint.h"
#include "mini_bert/bert/predict/classify.h"
#include "mini_bert/bert/predict/embed.h"
#include "mini_bert/bert/predict/score.h"
#include "mini_bert/bert/predict/sentence_folder.h"

namespace mini_bert {
namespace {

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

class EmbedTask : public PredictTask {
 public:
  explicit EmbedTask(const PredictOptions& options)
      : options_(options), loaded_(load_pretrained<BertWithoutHead>(options.model, {.new_head_seed = 0})) {
    require(options.pooling != "pooler" || loaded_.report.initialized.empty(),
            "{}: the model has no pooler; choose --pooling mean or cls", options.model);
    // What is asked for goes before what the model's folder says.
    if (options.pooling.empty()) how_ = said_by_model();
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
  // The cache of a model that was made for vectors may lack modules.json, and then these vectors are not the model's.
  EmbedOptions said_by_model() const {
    const auto said = read_sentence_folder(find_model(options_.model), loaded_.tokenizer);
    if (!said) {
      fmt::print(stderr,
                 "{} has no modules.json to say how its vectors are made: each is the mean over the tokens of a text; "
                 "choose with --pooling mean, cls or pooler\n",
                 options_.model);
    }
    return said.value_or(EmbedOptions{});
  }

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

std::unique_ptr<PredictTask> make_classify_task(const PredictOptions& options) {
  return std::make_unique<ClassifyTask>(options);
}

std::unique_ptr<PredictTask> make_embed_task(const PredictOptions& options) {
  return std::make_unique<EmbedTask>(options);
}

std::unique_ptr<PredictTask> make_score_task(const PredictOptions& options) {
  return std::make_unique<ScoreTask>(options);
}

}  // namespace mini_bert
