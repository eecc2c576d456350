// The task embed: makes a vector for each text.
#include <nlohmann/json.hpp>

#include "apps/console/terminal.h"
#include "apps/predict/predictor.h"
#include "apps/tasks/task.h"
#include "mini_bert/bert/checkpoint.h"
#include "mini_bert/bert/predict/embed.h"
#include "mini_bert/bert/predict/sentence_folder.h"

namespace mini_bert {
namespace {

using Json = nlohmann::ordered_json;

class EmbedPredictor : public Predictor {
 public:
  explicit EmbedPredictor(const PredictOptions& options)
      : options_(options), loaded_(load_for_answers<BertWithoutHead>(options, {.new_head_seed = 0})) {
    require(options.pooling != "pooler" || loaded_.report.initialized.empty(),
            "{}: the model has no pooler; choose --pooling mean or cls", options.model);
    // The flags override what the model's folder says.
    how_ = said_by_model();
    if (options.pooling == "mean") how_.pooling = TextPooling::mean;
    if (options.pooling == "cls") how_.pooling = TextPooling::cls;
    if (options.pooling == "pooler") how_.pooling = TextPooling::pooler;
    how_.normalize_again = options.normalize;
  }

  std::vector<std::string> answer(std::span<const Request> requests) const override {
    const std::vector<std::string> texts = texts_of(requests);
    const auto vectors = embed(*loaded_.model, loaded_.tokenizer, texts, how_);
    std::vector<std::string> printed;
    for (std::size_t i = 0; i < texts.size(); ++i) {
      printed.push_back(options_.json ? Json(vectors[i]).dump() + '\n' : table(texts[i], vectors[i]));
    }
    return printed;
  }

 private:
  // A model that was made for text vectors may be in the cache without modules.json. The default vectors may then
  // differ from the model's, so the user is told.
  EmbedOptions said_by_model() const {
    try {
      return read_folder();
    } catch (const Error& error) {
      // Who names a pooling wants vectors, even if they are not those that the model's authors meant.
      if (options_.pooling.empty()) throw;
      print_message(fmt::format("not as the model's folder says: {}", error.what()));
      return {};
    }
  }

  EmbedOptions read_folder() const {
    const auto said = read_sentence_folder(find_model(options_.model), loaded_.tokenizer, options_.prompt_name);
    if (!said) {
      require(options_.prompt_name.empty(), "{} has no modules.json, and so no prompts; leave out --prompt-name",
              options_.model);
    }
    if (!said && options_.pooling.empty()) {
      print_message(
          fmt::format("{} has no modules.json to say how its vectors are made: each is the mean over the tokens of a "
                      "text; choose with --pooling mean, cls or pooler",
                      options_.model));
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

}  // namespace

Task embed_task() {
  return {.prediction = PredictionTask{.name = "embed",
                                       .help = "what is the vector of a text?",
                                       .flags = {{"text-column"}, {"pooling"}, {"normalize"}},
                                       .make = [](const PredictOptions& options) -> std::unique_ptr<Predictor> {
                                         return std::make_unique<EmbedPredictor>(options);
                                       }}};
}

}  // namespace mini_bert
