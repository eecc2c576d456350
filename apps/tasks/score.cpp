// The task score: computes how likely a text is.
#include <nlohmann/json.hpp>

#include "apps/predict/predictor.h"
#include "apps/tasks/task.h"
#include "mini_bert/bert/checkpoint.h"
#include "mini_bert/bert/predict/score.h"

namespace mini_bert {
namespace {

using Json = nlohmann::ordered_json;

class ScorePredictor : public Predictor {
 public:
  explicit ScorePredictor(const PredictOptions& options) : options_(options), loaded_(load_for_answers(options)) {}

  std::vector<std::string> answer(std::span<const Request> requests) const override {
    const std::vector<std::string> texts = texts_of(requests);
    const std::vector<TextScore> scores = score(*loaded_.model, loaded_.tokenizer, texts);
    std::vector<std::string> printed;
    for (std::size_t i = 0; i < texts.size(); ++i) {
      printed.push_back(options_.json ? json(scores[i]) : table(texts[i], scores[i]));
    }
    return printed;
  }

 private:
  static std::string json(const TextScore& text) {
    const Json json = {{"score", text.score},
                       {"tokens", text.tokens},
                       {"perplexity", text.perplexity()},
                       {"token_strs", text.token_texts},
                       {"token_scores", text.token_scores}};
    return json.dump() + '\n';
  }

  static std::string table(const std::string& text, const TextScore& score) {
    return fmt::format("{:>10.3f}  {:>10.2f} per token  {}\n", score.score, score.perplexity(), text);
  }

  PredictOptions options_;
  PretrainedModel loaded_;
};

}  // namespace

Task score_task() {
  return {.prediction = PredictionTask{.name = "score",
                                       .help = "how likely is a text?",
                                       .flags = {{"text-column"}},
                                       .make = [](const PredictOptions& options) -> std::unique_ptr<Predictor> {
                                         return std::make_unique<ScorePredictor>(options);
                                       }}};
}

}  // namespace mini_bert
