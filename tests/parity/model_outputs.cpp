// What our models compute, for tests/parity/model_parity.py to compare with transformers:
//
//   model_outputs JOBS.json > OUTPUTS.json
//
// JOBS.json is a list of {architecture, model, save, sequences: [{ids, type_ids}], labels…}. Every job loads the model
// directory `model`, prints logits and loss, and writes the model to `save` for transformers to load.
//
// For tests/parity/metrics_parity.py, a job may instead be {metric: "entities", expected, predicted: tags of texts} or
// {metric: "answers", expected: answers of each question, predicted}. Its output is an object of metrics.
//
// For tests/parity/data_files.py, a job may be {read: "texts", "labels", "tags" or "questions", path, several}. Its
// output is {columns, rows}, or {error}.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "mini_bert/autograd/ops/cross_entropy.h"
#include "mini_bert/base/text_file.h"
#include "mini_bert/bert/checkpoint.h"
#include "mini_bert/bert/data/class_weights.h"
#include "mini_bert/bert/data/labelled_texts.h"
#include "mini_bert/bert/data/questions.h"
#include "mini_bert/bert/data/sample_reader.h"
#include "mini_bert/bert/data/tagged_texts.h"
#include "mini_bert/bert/metrics/answers.h"
#include "mini_bert/bert/metrics/entities.h"
#include "mini_bert/bert/model/heads.h"

namespace mini_bert {
namespace {

using nlohmann::json;

std::vector<Index> indices(const json& values) {
  return values.get<std::vector<Index>>();
}

Tensor i32(const json& values) {
  return Tensor::from(values.get<std::vector<std::int32_t>>());
}

PackedSequences tokens_of(const json& job) {
  std::vector<Sequence> sequences;
  for (const json& entry : job.at("sequences")) sequences.push_back({entry.at("ids"), entry.at("type_ids")});
  return pack(sequences);
}

json to_json(const Var& x) {
  const auto values = x.value().values<float>();
  return std::vector<double>(values.begin(), values.end());
}

// The labels of every packed token as a masked batch: -100 is not masked.
MaskedBatch masked_batch(const json& job) {
  const auto labels = job.at("labels").get<std::vector<std::int32_t>>();
  std::vector<std::int32_t> rows, masked;
  for (std::size_t t = 0; t < labels.size(); ++t) {
    if (labels[t] == ignore_index) continue;
    rows.push_back(static_cast<std::int32_t>(t));
    masked.push_back(labels[t]);
  }
  return {tokens_of(job), Tensor::from(rows), Tensor::from(masked)};
}

Tensor every_row(const PackedSequences& tokens) {
  std::vector<std::int32_t> rows;
  for (Index t = 0; t < tokens.ids.size(); ++t) rows.push_back(static_cast<std::int32_t>(t));
  return Tensor::from(rows);
}

json outputs(const BertForMaskedLM& model, const json& job, Mode& mode) {
  const MaskedBatch batch = masked_batch(job);
  return {{"logits", to_json(model.logits(batch.tokens, every_row(batch.tokens), mode))},
          {"loss", model.loss(batch, static_cast<double>(batch.masked()), mode).value().item()}};
}

json outputs(const BertForPreTraining& model, const json& job, Mode& mode) {
  const MaskedBatch batch = masked_batch(job);
  const Tensor next = i32(job.at("next_labels"));
  const auto logits = model.logits(batch.tokens, every_row(batch.tokens), mode);
  const Var loss = model.loss(batch, next, static_cast<double>(batch.masked()), static_cast<double>(next.size()), mode);
  return {
      {"logits", to_json(logits.words)}, {"next_logits", to_json(logits.next_sentence)}, {"loss", loss.value().item()}};
}

// A model whose loss is over sequences or tokens, its labels being `labels`.
template <class Model>
json outputs_with(const Model& model, const json& job, const Tensor& labels, double divisor, Mode& mode) {
  const PackedSequences tokens = tokens_of(job);
  json result = {{"logits", to_json(model.logits(tokens, mode))},
                 {"loss", model.loss(tokens, labels, divisor, mode).value().item()}};
  if constexpr (requires { model.loss(tokens, labels, divisor, mode, labels); }) {
    if (job.contains("class_weights")) {
      const Tensor weights = Tensor::from(job.at("class_weights").get<std::vector<float>>());
      result["weighted_loss"] = model.loss(tokens, labels, total_weight(labels, weights), mode, weights).value().item();
    }
  }
  return result;
}

json outputs(const BertForNextSentencePrediction& model, const json& job, Mode& mode) {
  const Tensor labels = i32(job.at("labels"));
  return outputs_with(model, job, labels, static_cast<double>(labels.size()), mode);
}

json outputs(const BertForSequenceClassification& model, const json& job, Mode& mode) {
  const auto count = static_cast<Index>(job.at("sequences").size());
  const bool one_label = model.config().problem() == ProblemType::single_label_classification;
  const Tensor labels =
      one_label ? i32(job.at("labels"))
                : Tensor::from(job.at("labels").get<std::vector<float>>(), {count, model.config().label_count()});
  return outputs_with(model, job, labels, static_cast<double>(count), mode);
}

json outputs(const BertForTokenClassification& model, const json& job, Mode& mode) {
  return outputs_with(model, job, i32(job.at("labels")), static_cast<double>(masked_batch(job).masked()), mode);
}

json outputs(const BertForQuestionAnswering& model, const json& job, Mode& mode) {
  const auto count = static_cast<Index>(job.at("sequences").size());
  return outputs_with(model, job, i32(job.at("labels")).reshape({count, 2}), static_cast<double>(count), mode);
}

json outputs(const BertForMultipleChoice& model, const json& job, Mode& mode) {
  const PackedSequences tokens = tokens_of(job);
  const SequenceOffsets choices(indices(job.at("choices")));
  const Tensor labels = i32(job.at("labels"));
  const Var loss = model.loss(tokens, choices, labels, static_cast<double>(labels.size()), mode);
  return {{"logits", to_json(model.logits(tokens, mode))}, {"loss", loss.value().item()}};
}

json outputs(const BertWithoutHead& model, const json& job, Mode& mode) {
  const PackedSequences tokens = tokens_of(job);
  const Var hidden = model.bert().forward(tokens, mode);
  return {{"logits", to_json(hidden)}, {"pooled", to_json(model.bert().pool(hidden, tokens.offsets))}};
}

template <class Model>
bool run_as(const char* architecture, const json& job, json& result) {
  if (job.at("architecture") != architecture) return false;
  const Pretrained<Model> pretrained = load_pretrained<Model>(job.at("model").get<std::string>());
  Mode mode = Mode::inference();
  result = outputs(*pretrained.model, job, mode);
  result["unexpected"] = pretrained.report.unexpected;
  const std::filesystem::path save = job.at("save").get<std::string>();
  std::filesystem::create_directories(save);
  save_pretrained(save, *pretrained.model, pretrained.tokenizer);
  return true;
}

json rows_of(const json& job) {
  const std::filesystem::path path = job.at("path").get<std::string>();
  json rows = json::array();
  std::string columns;
  if (job.at("read") == "texts") {
    const SampleFile file = read_samples(path, {.takes_pair = true, .keep_all = true});
    columns = file.columns.described();
    for (const Sample& row : file.samples) rows.push_back({row.text, row.pair, row.problem});
  } else if (job.at("read") == "labels") {
    const LabelledFile file = read_labelled_texts(path, {.several = job.at("several")});
    columns = file.columns.described();
    for (const LabelledText& row : file.texts) rows.push_back({row.text, row.pair, row.labels});
  } else if (job.at("read") == "tags") {
    for (const TaggedText& row : read_tagged_texts(path, {}).texts) rows.push_back({row.words, row.tags});
  } else {
    for (const Question& row : read_questions(path).questions) {
      json answers = json::array();
      for (const Question::Answer& answer : row.answers) answers.push_back({answer.text, answer.begin});
      rows.push_back({row.id, row.question, row.context, answers});
    }
  }
  return {{"columns", columns}, {"rows", rows}};
}

json read_job(const json& job) {
  try {
    return rows_of(job);
  } catch (const Error& error) {
    return {{"error", error.what()}};
  }
}

json metrics_of(const json& job) {
  using Texts = std::vector<std::vector<std::string>>;
  const auto expected = job.at("expected").get<Texts>();
  std::vector<Metric> metrics;
  if (job.at("metric") == "answers") {
    metrics = answer_metrics(expected, job.at("predicted").get<std::vector<std::string>>());
  } else {
    const auto predicted = job.at("predicted").get<Texts>();
    std::vector<std::string> tags;
    for (const Texts* texts : {&expected, &predicted}) {
      for (const std::vector<std::string>& text : *texts) tags.insert(tags.end(), text.begin(), text.end());
    }
    metrics = entity_metrics(expected, predicted, tags);
  }
  json result;
  for (const Metric& metric : metrics) result[metric.name] = metric.value;
  return result;
}

json run(const json& job) {
  if (job.contains("metric")) return metrics_of(job);
  if (job.contains("read")) return read_job(job);
  json result;
  const bool known = run_as<BertForMaskedLM>("BertForMaskedLM", job, result) ||
                     run_as<BertForPreTraining>("BertForPreTraining", job, result) ||
                     run_as<BertForNextSentencePrediction>("BertForNextSentencePrediction", job, result) ||
                     run_as<BertForSequenceClassification>("BertForSequenceClassification", job, result) ||
                     run_as<BertForTokenClassification>("BertForTokenClassification", job, result) ||
                     run_as<BertForQuestionAnswering>("BertForQuestionAnswering", job, result) ||
                     run_as<BertForMultipleChoice>("BertForMultipleChoice", job, result) ||
                     run_as<BertWithoutHead>("BertModel", job, result);
  require(known, "unknown architecture {}", job.at("architecture").dump());
  return result;
}

}  // namespace
}  // namespace mini_bert

int main(int argc, char** argv) try {
  using namespace mini_bert;
  require(argc == 2, "usage: model_outputs JOBS.json");
  nlohmann::json results = nlohmann::json::array();
  for (const nlohmann::json& job : nlohmann::json::parse(read_text_file(argv[1]))) results.push_back(run(job));
  fmt::print("{}\n", results.dump());
  return 0;
} catch (const std::exception& error) {
  fmt::print(stderr, "model_outputs: {}\n", error.what());
  return 1;
}
