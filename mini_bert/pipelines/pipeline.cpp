#include "mini_bert/pipelines/pipeline.h"

#include <algorithm>

#include "mini_bert/base/argument_error.h"
#include "mini_bert/base/file_error.h"
#include "mini_bert/bert/longest_sequence.h"
#include "mini_bert/bert/other_task_error.h"
#include "mini_bert/bert/predict/sentence_folder.h"

namespace mini_bert {
namespace {

using Lock = std::lock_guard<std::recursive_mutex>;

bool is_made_for(const BertConfig& config, std::string_view architecture) {
  return std::ranges::find(config.architectures, architecture) != config.architectures.end();
}

}  // namespace

template <class Model>
Pipeline::AnyModel Pipeline::load(const LoadOptions& how) {
  Pretrained<Model> loaded = load_pretrained<Model>(folder_, how);
  if (!state_.tokenizer) {
    state_.tokenizer = std::make_shared<const Tokenizer>(std::move(loaded.tokenizer));
    for (const std::string& key : loaded.report.unknown_keys) notes_.push_back("key without effect here: " + key);
    if (!loaded.report.vocabulary_note.empty()) notes_.push_back(loaded.report.vocabulary_note);
  }
  loaded.model->answer_in(precision_);
  state_.models.push_back(std::move(loaded.model));
  return state_.models.back();
}

// The model of the task that the checkpoint was made for. Where config.json does not say it, as in Google's
// checkpoints, the head for masked words is tried first.
Pipeline::AnyModel Pipeline::load_as_made() {
  const BertConfig config = read_config(folder_);
  if (is_made_for(config, "BertForSequenceClassification")) return load<BertForSequenceClassification>();
  if (is_made_for(config, "BertForTokenClassification")) return load<BertForTokenClassification>();
  if (is_made_for(config, "BertForQuestionAnswering")) return load<BertForQuestionAnswering>();
  if (is_made_for(config, "BertForMultipleChoice")) return load<BertForMultipleChoice>();
  try {
    return load<BertForMaskedLM>();
  } catch (const OtherTaskError&) {
    return load<BertWithoutHead>({.new_head_seed = 0});
  }
}

Pipeline::Pipeline(const std::filesystem::path& model, AnswerPrecision precision)
    : folder_(find_model(model)), precision_(precision) {
  state_.model = load_as_made();
}

template <class Model>
Model& Pipeline::model_for(const char* architecture) {
  for (const AnyModel& model : state_.models) {
    if (auto* const found = dynamic_cast<Model*>(model.get())) return *found;
  }
  if (state_.is_trained) throw OtherTaskError(folder_.string(), state_.model->architecture(), architecture);
  return dynamic_cast<Model&>(*load<Model>());
}

std::vector<std::vector<FillMaskAnswer>> Pipeline::fill_mask(std::string_view text, const FillMaskOptions& options) {
  const Lock lock(busy_);
  return mini_bert::fill_mask(model_for<BertForMaskedLM>("BertForMaskedLM"), *state_.tokenizer, text, options);
}

std::vector<JointAnswer> Pipeline::joint_fill(std::string_view text, const JointFillOptions& options) {
  const Lock lock(busy_);
  return mini_bert::joint_fill(model_for<BertForMaskedLM>("BertForMaskedLM"), *state_.tokenizer, text, options);
}

std::vector<std::vector<LabelScore>> Pipeline::classify(std::span<const TextPair> texts) {
  const Lock lock(busy_);
  return mini_bert::classify(model_for<BertForSequenceClassification>("BertForSequenceClassification"),
                             *state_.tokenizer, texts);
}

std::vector<std::vector<TaggedSpan>> Pipeline::tag(std::span<const std::string> texts, Aggregation aggregation) {
  const Lock lock(busy_);
  return mini_bert::tag(model_for<BertForTokenClassification>("BertForTokenClassification"), *state_.tokenizer, texts,
                        aggregation);
}

std::vector<std::vector<AnswerSpan>> Pipeline::answer(std::vector<Question> questions, const AnswerOptions& options,
                                                      Index doc_stride) {
  const Lock lock(busy_);
  const auto& model = model_for<BertForQuestionAnswering>("BertForQuestionAnswering");
  const WindowOptions windows{.max_length = longest_sequence(model.config(), *state_.tokenizer), .stride = doc_stride};
  return mini_bert::answer(model, *state_.tokenizer, std::move(questions), windows, options);
}

std::vector<std::vector<ChoiceScore>> Pipeline::choose(std::span<const ChoiceQuestion> questions) {
  const Lock lock(busy_);
  return mini_bert::choose(model_for<BertForMultipleChoice>("BertForMultipleChoice"), *state_.tokenizer, questions);
}

std::vector<TextScore> Pipeline::score(std::span<const std::string> texts) {
  const Lock lock(busy_);
  return mini_bert::score(model_for<BertForMaskedLM>("BertForMaskedLM"), *state_.tokenizer, texts);
}

Tensor Pipeline::embed(std::span<const std::string> texts, const EmbedOptions& options) {
  const Lock lock(busy_);
  // Of the heads, only this one has numbers that vectors are made with.
  const bool pools = options.pooling == TextPooling::pooler && !state_.is_trained;
  const BertPreTrainedModel& model = pools ? model_for<BertWithoutHead>("BertModel") : *state_.model;
  const std::vector<std::vector<float>> vectors = mini_bert::embed(model, *state_.tokenizer, texts, options);
  const Index hidden = model.config().hidden_size;
  const Index width = vectors.empty() ? hidden : std::ssize(vectors.front());
  Tensor result({std::ssize(vectors), width});
  float* to = result.data<float>();
  for (const std::vector<float>& vector : vectors) to = std::ranges::copy(vector, to).out;
  return result;
}

EmbedOptions Pipeline::embed_options(const std::string& prompt_name) const {
  return read_sentence_folder(folder_, *state_.tokenizer, prompt_name).value_or(EmbedOptions{});
}

Inspection Pipeline::inspect(std::string_view text) {
  const Lock lock(busy_);
  return mini_bert::inspect(model_for<BertForMaskedLM>("BertForMaskedLM"), *state_.tokenizer, text);
}

// Weights that are mapped in another type than f32 are read once more, as f32.
BertForMaskedLM& Pipeline::with_gradients() {
  auto& model = model_for<BertForMaskedLM>("BertForMaskedLM");
  if (std::ranges::all_of(model.parameters(), [](const Parameter& p) { return p.value().dtype() == DType::f32; })) {
    return model;
  }
  const AnyModel again = load<BertForMaskedLM>({.memory = WeightMemory::allocated});
  if (state_.model.get() == &model) state_.model = again;
  std::erase_if(state_.models, [&](const AnyModel& other) { return other.get() == &model; });
  return dynamic_cast<BertForMaskedLM&>(*again);
}

LossGradient Pipeline::loss_gradient(std::string_view text, Index token, const std::string& target) {
  const Lock lock(busy_);
  const std::optional<std::int32_t> id = state_.tokenizer->vocabulary().find(target);
  require_argument(id.has_value(), "target", "is \"{}\", which is not one token of the vocabulary", target);
  return mini_bert::loss_gradient(with_gradients(), *state_.tokenizer, text, token, *id);
}

TrainingRequest Pipeline::continued(TrainingRequest request) const {
  request.model = folder_.string();
  request.training.save = Every::never;
  if (state_.is_trained) {
    request.trained = state_.model;
    request.trained_tokenizer = state_.tokenizer;
  }
  return request;
}

TrainingReport Pipeline::train(TrainingRequest request, TrainingObserver& observer) {
  const Lock lock(busy_);
  TrainingRun run(*this, std::move(request), observer);
  run.run();
  return run.report();
}

void Pipeline::save(const std::filesystem::path& folder, StorageType type) {
  const Lock lock(busy_);
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) fail_with_errno(folder, "cannot be made", error.value());
  save_pretrained(folder, *state_.model, *state_.tokenizer, type);
}

}  // namespace mini_bert
