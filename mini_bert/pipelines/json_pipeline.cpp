#include "mini_bert/pipelines/json_pipeline.h"

#include <algorithm>

#include "mini_bert/base/foreign_error.h"
#include "mini_bert/base/json.h"
#include "mini_bert/bert/other_task_error.h"
#include "mini_bert/pipelines/json_pipeline_state.h"
#include "mini_bert/pipelines/request_settings.h"
#include "mini_bert/tensor/parallel.h"

namespace mini_bert {

struct JsonPipeline::Operation {
  std::string_view name;
  Json (JsonPipeline::*run)(const JsonField&);
};

const JsonPipeline::Operation JsonPipeline::operations[] = {
    {"open", &JsonPipeline::open},
    {"describe", &JsonPipeline::describe},
    {"fill_mask", &JsonPipeline::fill_mask},
    {"fill_jointly", &JsonPipeline::fill_jointly},
    {"classify", &JsonPipeline::classify},
    {"tag", &JsonPipeline::tag},
    {"answer", &JsonPipeline::answer},
    {"choose", &JsonPipeline::choose},
    {"score", &JsonPipeline::score},
    {"embed", &JsonPipeline::embed},
    {"encode", &JsonPipeline::encode},
    {"decode", &JsonPipeline::decode},
    {"read", &JsonPipeline::read},
    {"start_training", &JsonPipeline::start_training},
    {"advance", &JsonPipeline::advance},
    {"end_training", &JsonPipeline::end_training},
    {"abandon_training", &JsonPipeline::abandon_training},
    {"inspect", &JsonPipeline::inspect},
    {"loss_gradient", &JsonPipeline::loss_gradient},
    {"save", &JsonPipeline::save},
};

namespace {

// Bytes that are not UTF-8, as in the name of a file, are replaced.
std::string text_of(const Json& answer) {
  return answer.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

JsonPipeline::JsonPipeline() = default;
JsonPipeline::~JsonPipeline() = default;

Json JsonPipeline::run(std::string_view name, std::string_view options) {
  arrays_.clear();
  const Operation* const found = std::ranges::find(operations, name, &Operation::name);
  require(found != std::end(operations), "there is no operation {}", name);
  require(pipeline_ != nullptr || name == "open", "no model is open");
  const nlohmann::json parsed = parse_json(options, "the options");
  try {
    return (this->*found->run)(JsonField(parsed, std::string(name), "change the option"));
  } catch (const OtherTaskError& error) {
    fail("{}; train it for that task, or load a model that was", error.what());
  }
}

JsonPipeline::Result JsonPipeline::result(std::string_view operation, std::string_view options) {
  const Json answer = run(operation, options);
  return {.json = text_of(answer), .arrays = std::move(arrays_)};
}

std::string JsonPipeline::call(std::string_view operation, std::string_view options) {
  Json answer = Json::object();
  try {
    answer["result"] = run(operation, options);
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& error) {
    answer = {{"error", message_of(error)}};
  }
  return text_of(answer);
}

std::shared_ptr<const Tokenizer> JsonPipeline::tokenizer() const {
  require(pipeline_ != nullptr, "no model is open");
  return pipeline_->tokenizer();
}

Json JsonPipeline::array(const Tensor& tensor) {
  arrays_.push_back(tensor);
  Json shape = Json::array();
  for (Index i = 0; i < tensor.shape().rank(); ++i) shape.push_back(tensor.shape()[i]);
  return {{"array", arrays_.size() - 1}, {"shape", std::move(shape)}};
}

Json JsonPipeline::open(const JsonField& options) {
  training_.reset();
  const AnswerPrecision precision = answer_precision_named(option(options, "precision", std::string("f32")));
  pipeline_.reset();  // the old weights are freed before the new ones are read
  pipeline_ = std::make_unique<Pipeline>(needed<std::string>(options, "folder"), precision);
  return describe(options);
}

Json JsonPipeline::describe(const JsonField&) {
  return {{"architecture", pipeline_->architecture()},
          {"config", Json(nlohmann::json::parse(pipeline_->config().to_json()))},
          {"labels", pipeline_->config().labels},
          {"mask_token", pipeline_->tokenizer()->options().mask_token},
          {"parameters", pipeline_->model().parameter_count()},
          {"precision", name_of(pipeline_->precision())},
          {"threads", num_threads()},
          {"notes", pipeline_->notes()}};
}

Json JsonPipeline::encode(const JsonField& options) {
  const auto text = needed<std::string>(options, "text");
  const auto pair = option(options, "text_pair", std::optional<std::string>());
  const EncodeOptions how{.add_special_tokens = option(options, "add_special_tokens", true)};
  const Tokenizer& tokenizer = *pipeline_->tokenizer();
  const Encoding encoding = pair ? tokenizer.encode_pair(text, *pair, how) : tokenizer.encode(text, how);
  Json tokens = Json::array(), offsets = Json::array();
  for (const std::int32_t id : encoding.ids) tokens.push_back(tokenizer.vocabulary().token(id));
  for (const TextRange range : code_point_offsets(encoding, text, pair.value_or(""))) {
    offsets.push_back({range.begin, range.end});
  }
  return {{"input_ids", encoding.ids},
          {"token_type_ids", encoding.type_ids},
          {"attention_mask", std::vector<int>(encoding.ids.size(), 1)},
          {"special_tokens_mask", std::vector<int>(encoding.special.begin(), encoding.special.end())},
          {"tokens", std::move(tokens)},
          {"offsets", std::move(offsets)}};
}

Json JsonPipeline::decode(const JsonField& options) {
  return pipeline_->tokenizer()->decode(needed<std::vector<std::int32_t>>(options, "ids"),
                                        option(options, "skip_special_tokens", false));
}

Json JsonPipeline::save(const JsonField& options) {
  pipeline_->save(needed<std::string>(options, "folder"),
                  storage_type_named(option(options, "save_type", std::string("f32"))));
  return nullptr;
}

}  // namespace mini_bert
