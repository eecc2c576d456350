#include "apps/train/training_facts.h"

#include <algorithm>

#include <fmt/ranges.h>

#include "apps/console/text_format.h"
#include "apps/tasks/tasks.h"
#include "mini_bert/base/file_error.h"
#include "mini_bert/bert/training/layer_depths.h"
#include "mini_bert/tensor/parallel.h"

namespace mini_bert {
namespace {

// "龘 (2), 犇 (1)": the texts that became [UNK], the most frequent first.
std::string unknown_list(const Dataset& data) {
  constexpr std::size_t most = 10;
  std::vector<std::pair<Index, std::string>> by_count;
  for (const auto& [text, count] : data.unknown_texts) by_count.emplace_back(-count, text);
  std::ranges::sort(by_count);
  std::string list;
  for (std::size_t i = 0; i < std::min(by_count.size(), most); ++i) {
    list += fmt::format("{}{} ({})", i > 0 ? ", " : "", by_count[i].second, -by_count[i].first);
  }
  return by_count.size() > most ? list + ", …" : list;
}

void add_data(const char* label, const std::string& file, const Dataset& data, Facts& facts) {
  facts.emplace_back(label,
                     fmt::format("{}: {}, {}", file, counted(data.texts, "text"), counted(data.tokens, "token")));
  if (data.truncated > 0) {
    facts.emplace_back("", fmt::format("{1} {0} longer than the model reads and {0} cut",
                                       data.truncated == 1 ? "was" : "were", counted(data.truncated, "text")));
  }
  if (data.unknown > 0) {
    facts.emplace_back("", fmt::format("{} not in the vocabulary, read as [UNK]: {}", counted(data.unknown, "token"),
                                       unknown_list(data)));
  }
}

// "2 labels: 0, 1"
void add_labels(const BertConfig& config, Facts& facts) {
  constexpr std::size_t most = 12;
  if (config.labels.size() < 2) return;
  std::string list;
  for (std::size_t i = 0; i < std::min(config.labels.size(), most); ++i) {
    list += (i > 0 ? ", " : "") + config.labels[i];
  }
  facts.emplace_back(
      "", fmt::format("{} labels: {}{}", config.labels.size(), list, config.labels.size() > most ? ", …" : ""));
}

// The size of an update: "8 texts", "up to 512 tokens".
std::string update_size(const TrainingArguments& arguments) {
  if (!arguments.batch_tokens) return fmt::format("{} texts", arguments.batch_size * arguments.accumulation_steps);
  return fmt::format("up to {} tokens", format_count(*arguments.batch_tokens * arguments.accumulation_steps));
}

// The part of the model that --freeze-layers and --freeze-embeddings freeze: its parameters and its encoder layers.
struct Frozen {
  Index parameters = 0, layers = 0;
};
Frozen frozen_part(const TrainOptions& options, const BertPreTrainedModel& model) {
  Frozen frozen{.parameters = 0, .layers = std::min(options.training.freeze_layers, model.config().num_hidden_layers)};
  for (const Parameter& parameter : model.parameters()) {
    if (!is_frozen(parameter, options.training)) continue;
    frozen.parameters += parameter.value().size();
  }
  return frozen;
}

std::string precision_fact(const TrainOptions& options) {
  const std::string name = options.training.precision == Precision::mixed ? "bf16" : "f32";
  if (options.precision != "auto") return name;
  return name + (name == "bf16" ? " (auto: this CPU multiplies bf16)" : " (auto: this CPU does not multiply bf16)");
}

}  // namespace

std::uint64_t model_bytes(const TrainOptions& options, const TrainingInputs& inputs) {
  const std::uint64_t element = options.storage_type() == StorageType::f32 ? 4 : 2;
  return element * static_cast<std::uint64_t>(inputs.model->parameter_count());
}

Facts training_facts(const TrainOptions& options, const TrainingInputs& inputs, const Plan& plan, std::size_t memory) {
  const BertConfig& config = inputs.model->config();
  const TrainingArguments& training = options.training;
  const Index parameters = inputs.model->parameter_count();
  Facts facts;
  facts.emplace_back("model", fmt::format("{}: {} layers × {}, {} tokens, {} parameters",
                                          options.model.empty() ? options.config + ", random weights" : options.model,
                                          config.num_hidden_layers, config.hidden_size, format_count(config.vocab_size),
                                          format_count(parameters)));
  if (!inputs.report.unexpected.empty()) {
    facts.emplace_back("", fmt::format("not used: {}", fmt::join(inputs.report.unexpected, ", ")));
  }
  if (!inputs.report.initialized.empty()) {
    facts.emplace_back("", fmt::format("new, random weights: {}", fmt::join(inputs.report.initialized, ", ")));
  }
  if (!inputs.report.unknown_keys.empty()) {
    facts.emplace_back("", fmt::format("keys without effect here: {}", fmt::join(inputs.report.unknown_keys, ", ")));
  }
  if (!inputs.report.vocabulary_note.empty()) facts.emplace_back("", inputs.report.vocabulary_note);
  if (!options.add_words.empty()) {
    facts.emplace_back("words", fmt::format("{}: {} new, {} that were tokens already", options.add_words,
                                            inputs.new_words, inputs.known_words));
  }
  if (const Frozen frozen = frozen_part(options, *inputs.model); frozen.parameters > 0) {
    facts.emplace_back("", fmt::format("{} of them stay as they are: the embeddings and {} layers",
                                       format_count(frozen.parameters), frozen.layers));
  }
  add_data("training", options.train, inputs.objective->training(), facts);
  if (inputs.objective->validates()) {
    add_data("validation", options.validation.empty() ? options.train : options.validation,
             inputs.objective->validation(), facts);
  }
  if (const std::string columns = inputs.reading.columns.described(); !columns.empty()) {
    facts.emplace_back("columns", columns);
  }
  for (const std::string& fact : inputs.reading.facts) {
    facts.emplace_back(&fact == &inputs.reading.facts.front() ? "rows" : "", fact);
  }
  for (const std::string& fact : inputs.masking) {
    facts.emplace_back(&fact == &inputs.masking.front() ? "masking" : "", fact);
  }
  if (const std::size_t blanks = inputs.objective->guard_blanks().size(); blanks > 0) {
    facts.emplace_back("guard", fmt::format("{}: {} blanks", options.guard, blanks));
  }
  if (training_task(options.task).has_labels) add_labels(config, facts);
  facts.emplace_back("plan",
                     fmt::format("{} updates of {}, {:.4g} epochs; learning rate {:.1e}, {}; threads: {}",
                                 format_count(plan.total_steps), update_size(training),
                                 static_cast<double>(plan.total_steps) / static_cast<double>(plan.updates_per_epoch),
                                 training.learning_rate, name_of(training.schedule), num_threads()));
  if (training.anchor > 0) {
    facts.emplace_back("",
                       fmt::format("anchor {:g}: every trained weight is pulled to where it starts", training.anchor));
  }
  facts.emplace_back("precision", precision_fact(options));
  facts.emplace_back("memory", fmt::format("about {} at most", format_bytes(memory)));
  return facts;
}

}  // namespace mini_bert
