// A look inside a model through JsonPipeline.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "mini_bert/bert/predict/cloze.h"
#include "mini_bert/pipelines/json_pipeline_state.h"

namespace mini_bert {

namespace {

constexpr std::ptrdiff_t most_answers = 8;

// The most probable tokens at every token of the text.
Json answers_of(const Inspection& seen, const Tokenizer& tokenizer) {
  Json result = Json::array();
  for (Index t = 0; t < std::ssize(seen.ids); ++t) {
    const Tensor row = seen.logits.rows(t, t + 1);
    const auto z = row.values<float>();
    std::vector<std::int32_t> best(static_cast<std::size_t>(tokenizer.size_with_rows()));
    std::iota(best.begin(), best.end(), 0);
    const auto end = best.begin() + std::min(most_answers, std::ssize(best));
    const auto score = [&](std::int32_t id) { return z[static_cast<std::size_t>(id)]; };
    std::ranges::partial_sort(best, end, std::ranges::greater(), score);
    const double log_sum = log_sum_exp(z);
    Json& list = result.emplace_back(Json::array());
    for (auto id = best.begin(); id != end; ++id) {
      list.push_back({{"token_str", tokenizer.vocabulary().token(*id)}, {"score", std::exp(score(*id) - log_sum)}});
    }
  }
  return result;
}

}  // namespace

Json JsonPipeline::inspect(const JsonField& options) {
  const Inspection seen = pipeline_->inspect(needed<std::string>(options, "text"));
  Json layers = Json::array();
  for (const LayerInspection& layer : seen.layers) {
    layers.push_back({{"attention", array(layer.attention)},
                      {"attended", array(layer.attended)},
                      {"fed_forward", array(layer.fed_forward)}});
  }
  return {{"tokens", seen.tokens},
          {"ids", seen.ids},
          {"heads", pipeline_->config().num_attention_heads},
          {"hidden", pipeline_->config().hidden_size},
          {"word", array(seen.word)},
          {"token_type", array(seen.token_type)},
          {"position", array(seen.position)},
          {"embeddings", array(seen.embeddings)},
          {"layers", std::move(layers)},
          {"answers", answers_of(seen, *pipeline_->tokenizer())}};
}

Json JsonPipeline::loss_gradient(const JsonField& options) {
  const LossGradient gradient = pipeline_->loss_gradient(
      needed<std::string>(options, "text"), needed<Index>(options, "token"), needed<std::string>(options, "target"));
  Json parameters = Json::array();
  for (const ParameterGradient& p : gradient.parameters) {
    parameters.push_back({{"path", p.path},
                          {"gradient_norm", p.gradient_norm},
                          {"value_norm", p.value_norm},
                          {"strongest", p.strongest},
                          {"value", p.value},
                          {"gradient", p.gradient}});
  }
  return {{"loss", gradient.loss}, {"tokens", gradient.tokens}, {"parameters", std::move(parameters)}};
}

}  // namespace mini_bert
