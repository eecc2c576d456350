#include "web/engine/playground.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "mini_bert/base/error.h"
#include "mini_bert/bert/data/sample_reader.h"
#include "mini_bert/bert/longest_sequence.h"
#include "mini_bert/bert/predict/cloze.h"
#include "mini_bert/bert/predict/fill_mask.h"
#include "mini_bert/bert/predict/inspect.h"
#include "mini_bert/bert/predict/joint_fill.h"
#include "mini_bert/tensor/parallel.h"

namespace mini_bert {

using nlohmann::json;

namespace {

// The most tokens of a text that is learned. Longer texts are cut: a page is for sentences.
constexpr Index longest_taught = 128;

// What nobody knows about a text of one's own: how often it must be read. So a run warms up and ends gently.
TrainingArguments arguments_of(const json& options, Index examples) {
  TrainingArguments arguments;
  arguments.epochs = options.at("epochs").get<double>();
  arguments.learning_rate = options.at("learningRate").get<double>();
  arguments.batch_size = std::clamp<Index>(examples / 8, 1, 16);
  arguments.warmup_ratio = 0.1;
  arguments.adamw.weight_decay = 0.01;
  arguments.save = Every::never;
  return arguments;
}

// The most probable tokens at every token of the text.
json answers_of(const Inspection& seen, const Tokenizer& tokenizer) {
  constexpr std::size_t count = 8;
  json result = json::array();
  for (Index t = 0; t < std::ssize(seen.ids); ++t) {
    const Tensor row = seen.logits.rows(t, t + 1);
    const auto z = row.values<float>();
    std::vector<std::int32_t> best(static_cast<std::size_t>(tokenizer.size_with_rows()));
    std::iota(best.begin(), best.end(), 0);
    const auto end = best.begin() + static_cast<std::ptrdiff_t>(std::min(count, best.size()));
    std::partial_sort(best.begin(), end, best.end(), [&](std::int32_t a, std::int32_t b) { return z[a] > z[b]; });
    json& list = result.emplace_back(json::array());
    const double log_sum = log_sum_exp(z);
    for (auto id = best.begin(); id != end; ++id) {
      list.push_back({{"token", tokenizer.vocabulary().token(*id)}, {"score", std::exp(z[*id] - log_sum)}});
    }
  }
  return result;
}

}  // namespace

json Playground::call(const std::string& operation, const json& options) {
  arrays_.clear();
  if (operation == "open") return open(options);
  require(opened_ != nullptr, "no model is open");
  using Operation = json (Playground::*)(const json&);
  using Question = json (Playground::*)(const json&) const;
  static const std::map<std::string, Operation> operations = {
      {"teach", &Playground::teach}, {"advance", &Playground::advance}, {"inspect", &Playground::inspect}};
  static const std::map<std::string, Question> questions = {
      {"fill", &Playground::fill}, {"read", &Playground::read}, {"pull", &Playground::pull}, {"save", &Playground::save}};
  if (const auto found = operations.find(operation); found != operations.end()) return (this->*found->second)(options);
  if (const auto found = questions.find(operation); found != questions.end()) return (this->*found->second)(options);
  fail("there is no operation {}", operation);
}

json Playground::array(const Tensor& tensor) {
  arrays_.push_back(tensor);
  json shape = json::array();
  for (Index i = 0; i < tensor.shape().rank(); ++i) shape.push_back(tensor.shape()[i]);
  return {{"array", arrays_.size() - 1}, {"shape", shape}};
}

json Playground::open(const json& options) {
  run_.reset();
  opened_.reset();  // the old weights are freed before the new ones are read
  auto opened = load_pretrained(options.at("folder").get<std::string>(), {.memory = WeightMemory::allocated});
  opened_ = std::make_unique<PretrainedModel>(std::move(opened));
  guard_ = options.at("guard").get<std::string>();
  const BertConfig& config = opened_->model->config();
  return {{"name", options.at("name")},
          {"layers", config.num_hidden_layers},
          {"heads", config.num_attention_heads},
          {"hidden", config.hidden_size},
          {"vocabulary", config.vocab_size},
          {"parameters", opened_->model->parameter_count()},
          {"threads", num_threads()},
          {"notes", opened_->report.unknown_keys}};
}

json Playground::fill(const json& options) const {
  std::string text = options.at("text").get<std::string>();
  const Index top_k = options.at("topK").get<Index>();
  const BertForMaskedLM& model = *opened_->model;
  const Tokenizer& tokenizer = opened_->tokenizer;
  json blanks = json::array();
  for (const auto& blank : fill_mask(model, tokenizer, text, {.top_k = top_k})) {
    json& list = blanks.emplace_back(json::array());
    for (const FillMaskAnswer& answer : blank) {
      list.push_back({{"token", answer.token_str}, {"score", answer.score}, {"sequence", answer.sequence}});
    }
  }
  const bool any_length = options.at("anyLength").get<bool>();
  if (any_length) {
    const std::string mask = tokenizer.options().mask_token;
    text.insert(text.rfind(mask) + mask.size(), "*");
  }
  json together = nullptr;
  if (any_length || blanks.size() > 1) {
    together = json::array();
    for (const JointAnswer& answer : joint_fill(model, tokenizer, text, {.top_k = top_k})) {
      together.push_back({{"sequence", answer.sequence}, {"score", answer.score()}, {"tokens", answer.token_strs}});
    }
  }
  return {{"blanks", blanks}, {"together", together}};
}

json Playground::read(const json& options) const {
  const std::filesystem::path path = options.at("file").get<std::string>();
  const SampleFile file = read_samples(path, {.mask_spans = true});
  return {{"texts", file.samples.size()}, {"notes", file.dropped.facts(path.filename(), file.samples.size())}};
}

json Playground::teach(const json& options) {
  std::vector<Sample> samples;
  if (options.contains("file")) {
    samples = read_samples(options.at("file").get<std::string>(), {.mask_spans = true}).samples;
  } else {
    for (const json& text : options.at("texts")) samples.push_back({.text = text.get<std::string>()});
  }
  const Tokenizer& tokenizer = opened_->tokenizer;
  const Index longest = std::min(longest_taught, longest_sequence(opened_->model->config(), tokenizer));
  TrainingData data;
  data.train = make_dataset(samples, tokenizer, longest, Layout::text_per_sequence);
  data.probes = options.at("probes").get<std::vector<std::string>>();
  if (!guard_.empty()) data.guard = read_guard(guard_, tokenizer, longest);

  Run& run = run_.emplace();
  run.arguments = arguments_of(options, std::ssize(data.train.sequences));
  run.objective =
      std::make_unique<MaskedLmObjective>(*opened_->model, tokenizer, run.arguments, std::move(data));
  run.trainer = std::make_unique<Trainer>(*run.objective, tokenizer, run.arguments, "", run.last);
  return {{"steps", run.trainer->plan().total_steps}};
}

json Playground::advance(const json&) {
  require(run_.has_value(), "nothing is being learned");
  const bool more = run_->trainer->advance();
  const TrainingHistory& history = run_->trainer->history();
  json result = {{"more", more},
                 {"step", history.step},
                 {"steps", history.total_steps},
                 {"loss", run_->last.report.loss},
                 {"tokens", run_->last.report.tokens}};
  if (history.probes.size() > run_->probes_told) {
    run_->probes_told = history.probes.size();
    result["probes"] = probes();
  }
  if (!more && history.guards.size() > 1) result["guard"] = guard();
  return result;
}

// Every probe with its first and its newest answers.
json Playground::probes() const {
  const std::vector<ProbeRow>& rows = run_->trainer->history().probes;
  const auto answers = [](const ProbeRow& row) {
    json list = json::array();
    for (const ProbeAnswer& answer : row.answers) list.push_back({{"token", answer.token}, {"score", answer.score}});
    return list;
  };
  json result = json::array();
  for (const ProbeRow& before : rows) {
    if (before.step != rows.front().step) break;
    const auto now = std::find_if(rows.rbegin(), rows.rend(), [&](const ProbeRow& r) { return r.text == before.text; });
    result.push_back({{"text", before.text}, {"before", answers(before)}, {"now", answers(*now)}});
    if (before.right) result.back()["expected"] = before.right->text;
  }
  return result;
}

// How many questions of the guard were right at once before and are now, and those that were lost.
json Playground::guard() const {
  const TrainingHistory& history = run_->trainer->history();
  const std::vector<Index>&before = history.guards.front().ranks, &after = history.guards.back().ranks;
  json lost = json::array();
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (before[i] == 1 && after[i] > 1) lost.push_back({{"text", history.guard_blanks[i]}, {"rank", after[i]}});
  }
  return {{"count", before.size()},
          {"before", std::ranges::count(before, 1)},
          {"after", std::ranges::count(after, 1)},
          {"lost", lost}};
}

json Playground::inspect(const json& options) {
  const Inspection seen =
      mini_bert::inspect(*opened_->model, opened_->tokenizer, options.at("text").get<std::string>());
  json layers = json::array();
  for (const LayerInspection& layer : seen.layers) {
    layers.push_back({{"attention", array(layer.attention)},
                      {"attended", array(layer.attended)},
                      {"fedForward", array(layer.fed_forward)}});
  }
  return {{"tokens", seen.tokens},
          {"ids", seen.ids},
          {"heads", opened_->model->config().num_attention_heads},
          {"hidden", opened_->model->config().hidden_size},
          {"word", array(seen.word)},
          {"tokenType", array(seen.token_type)},
          {"position", array(seen.position)},
          {"embeddings", array(seen.embeddings)},
          {"layers", layers},
          {"answers", answers_of(seen, opened_->tokenizer)}};
}

json Playground::pull(const json& options) const {
  const std::string word = options.at("target").get<std::string>();
  const auto target = opened_->tokenizer.vocabulary().find(word);
  require(target.has_value(), "\"{}\" is not one token of the vocabulary", word);
  const Pull pull = pull_of(*opened_->model, opened_->tokenizer, options.at("text").get<std::string>(),
                            options.at("token").get<Index>(), *target);
  json parameters = json::array();
  for (const ParameterPull& p : pull.parameters) {
    parameters.push_back({{"path", p.path},
                          {"gradientNorm", p.gradient_norm},
                          {"valueNorm", p.value_norm},
                          {"strongest", p.strongest},
                          {"value", p.value},
                          {"gradient", p.gradient}});
  }
  return {{"loss", pull.loss}, {"tokens", pull.tokens}, {"parameters", parameters}};
}

json Playground::save(const json& options) const {
  save_pretrained(options.at("folder").get<std::string>(), *opened_->model, opened_->tokenizer);
  return nullptr;
}

}  // namespace mini_bert
