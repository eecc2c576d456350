#include "mini_bert/pipelines/request_settings.h"

#include <algorithm>
#include <span>

#include "mini_bert/base/argument_error.h"
#include "mini_bert/base/json.h"
#include "mini_bert/base/json_fields.h"
#include "mini_bert/tensor/simd/isa.h"

namespace mini_bert {
namespace {

template <class Value>
struct Named {
  std::string_view name;
  Value value;
};

template <class Value, std::size_t count>
Value value_named(const std::string& name, const Named<Value> (&values)[count], const char* argument) {
  std::string names;
  for (const Named<Value>& known : values) {
    if (name == known.name) return known.value;
    names += (names.empty() ? "" : ", ") + std::string(known.name);
  }
  throw ArgumentError(argument, "is '" + name + "'; expected one of " + names);
}

Precision precision_named(const std::string& name) {
  constexpr Named<bool> names[] = {{"f32", false}, {"bf16", true}, {"auto", false}};
  const bool mixed = value_named(name, names, "precision") || (name == "auto" && isa() == Isa::avx512_bf16);
  return mixed ? Precision::mixed : Precision::full;
}

using Request = TrainingRequest;
using Arguments = TrainingArguments;
using Masking = MaskingRequest;
using Setter = void (*)(Request&, const JsonField&);

template <auto Member>
void set_request(Request& request, const JsonField& value) {
  value.get(request.*Member);
}
template <auto Member>
void set_argument(Request& request, const JsonField& value) {
  value.get(request.training.*Member);
}
template <auto Member>
void set_masking(Request& request, const JsonField& value) {
  value.get(request.masking.*Member);
}

constexpr Named<Setter> settings[] = {
    {"task", set_request<&Request::task>},
    {"validation_split", set_request<&Request::validation_split>},
    {"text_column", set_request<&Request::text_column>},
    {"pair_column", set_request<&Request::pair_column>},
    {"label_column", set_request<&Request::label_column>},
    {"doc_stride", set_request<&Request::doc_stride>},
    {"problem_type", set_request<&Request::problem_type>},
    {"class_weights", set_request<&Request::class_weights>},
    {"pack", set_request<&Request::pack>},
    {"max_length", set_request<&Request::max_length>},
    {"probes", set_request<&Request::probes>},
    {"add_words", set_request<&Request::add_words>},
    {"whole_words", set_masking<&Masking::whole_words>},
    {"mask_words", set_masking<&Masking::mask_words>},
    {"ngram", set_masking<&Masking::ngram>},
    {"guard", set_masking<&Masking::guard>},
    {"epochs", set_argument<&Arguments::epochs>},
    {"max_steps", set_argument<&Arguments::max_steps>},
    {"batch_size", set_argument<&Arguments::batch_size>},
    {"batch_tokens", set_argument<&Arguments::batch_tokens>},
    {"accumulation_steps", set_argument<&Arguments::accumulation_steps>},
    {"learning_rate", set_argument<&Arguments::learning_rate>},
    {"warmup_ratio", set_argument<&Arguments::warmup_ratio>},
    {"warmup_steps", set_argument<&Arguments::warmup_steps>},
    {"layer_decay", set_argument<&Arguments::layer_decay>},
    {"freeze_layers", set_argument<&Arguments::freeze_layers>},
    {"freeze_embeddings", set_argument<&Arguments::freeze_embeddings>},
    {"anchor", set_argument<&Arguments::anchor>},
    {"max_grad_norm", set_argument<&Arguments::max_grad_norm>},
    {"gradient_checkpointing", set_argument<&Arguments::gradient_checkpointing>},
    {"mask_probability", set_argument<&Arguments::mask_probability>},
    {"logging_steps", set_argument<&Arguments::logging_steps>},
    {"eval_steps", set_argument<&Arguments::eval_steps>},
    {"early_stopping_patience", set_argument<&Arguments::early_stopping_patience>},
    {"seed", [](Request& request,
                const JsonField& value) { request.training.seed = static_cast<std::uint64_t>(value.integer(0)); }},
    {"weight_decay",
     [](Request& request, const JsonField& value) { request.training.adamw.weight_decay = value.number(); }},
    {"schedule",
     [](Request& request, const JsonField& value) { request.training.schedule = parse_schedule(value.text()); }},
    {"precision",
     [](Request& request, const JsonField& value) { request.training.precision = precision_named(value.text()); }},
};

}  // namespace

void set_arguments(TrainingRequest& request, std::string_view json_object) {
  const nlohmann::json object = parse_json(json_object, "the arguments");
  for (const auto& [name, value] : JsonField(object, "the arguments").object().json().items()) {
    const auto* const setting = std::ranges::find(settings, name, &Named<Setter>::name);
    require_argument(setting != std::end(settings), name.c_str(), "is no argument of a training");
    if (!value.is_null()) setting->value(request, JsonField(value, "`" + name + "`", "change its value"));
  }
}

Aggregation aggregation_named(const std::string& name) {
  constexpr Named<Aggregation> names[] = {{"none", Aggregation::none},
                                          {"simple", Aggregation::simple},
                                          {"first", Aggregation::first},
                                          {"average", Aggregation::average},
                                          {"max", Aggregation::max}};
  return value_named(name, names, "aggregation_strategy");
}

TextPooling pooling_named(const std::string& name) {
  constexpr Named<TextPooling> names[] = {
      {"mean", TextPooling::mean}, {"cls", TextPooling::cls}, {"pooler", TextPooling::pooler}};
  return value_named(name, names, "pooling");
}

StorageType storage_type_named(const std::string& name) {
  constexpr Named<StorageType> names[] = {
      {"f32", StorageType::f32}, {"f16", StorageType::f16}, {"bf16", StorageType::bf16}};
  return value_named(name, names, "save_type");
}

}  // namespace mini_bert
