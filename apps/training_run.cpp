#include "apps/training_run.h"

#include <csignal>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>

#include "apps/run_directory.h"
#include "apps/text_format.h"
#include "apps/training_console.h"
#include "bert/checkpoint.h"
#include "bert/files/atomic_file.h"
#include "bert/files/file_error.h"
#include "bert/predict/fill_mask.h"
#include "bert/training/memory.h"
#include "bert/training/trainer.h"
#include "tensor/allocator.h"
#include "tensor/parallel.h"

namespace mini_bert {
namespace {

namespace fs = std::filesystem;

volatile std::sig_atomic_t interrupted = 0;

// The first Ctrl-C asks the run to stop after the current update; a second one ends the process as usual.
void stop_on_interrupt() {
  struct sigaction action {};
  action.sa_handler = [](int) { interrupted = 1; };
  action.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

// Passes everything on to the console and keeps metrics.jsonl.
class RunObserver : public TrainingObserver {
 public:
  RunObserver(TrainingConsole& console, RunDirectory& directory) : console_(console), directory_(directory) {}

  void on_update(const UpdateReport& update, const TrainingHistory& history) override {
    console_.on_update(update, history);
  }
  void on_row(const TrainingRow& row) override { pass_on(row); }
  void on_row(const EvaluationRow& row) override { pass_on(row); }
  void on_row(const ProbeRow& row) override { pass_on(row); }
  void on_checkpoint(const fs::path& path) override { console_.on_checkpoint(path); }
  bool stop_requested() override { return interrupted != 0; }

 private:
  template <class Row>
  void pass_on(const Row& row) {
    directory_.add_metrics(to_json_line(row));
    console_.on_row(row);
  }

  TrainingConsole& console_;
  RunDirectory& directory_;
};

struct Model {
  std::unique_ptr<BertForMaskedLM> bert;
  std::optional<Tokenizer> tokenizer;
};

Model load_model(const TrainOptions& options) {
  if (!options.model.empty()) {
    PretrainedModel pretrained = load_pretrained(options.model);
    if (!pretrained.unexpected.empty()) {
      TrainingConsole::fact("not used", fmt::format("{}", fmt::join(pretrained.unexpected, ", ")));
    }
    return {std::move(pretrained.model), std::move(pretrained.tokenizer)};
  }
  const BertConfig config = BertConfig::read(options.config);
  const Tokenizer tokenizer = fs::is_directory(options.vocab) ? Tokenizer::from_directory(options.vocab)
                                                              : Tokenizer(Vocabulary::read(options.vocab));
  check_vocabulary(config, tokenizer, options.vocab);
  auto bert = std::make_unique<BertForMaskedLM>(config);
  bert->initialize(options.training.seed);
  return {std::move(bert), tokenizer};
}

struct Texts {
  std::vector<Sample> train, validation;
};

Texts read_texts(const TrainOptions& options) {
  Texts texts;
  texts.train = read_samples(options.train, {.text_column = options.text_column}).samples;
  if (!options.validation.empty()) {
    texts.validation = read_samples(options.validation, {.text_column = options.text_column}).samples;
  }
  if (options.validation_split > 0) {
    const auto count = static_cast<Index>(texts.train.size());
    const auto kept = std::max<Index>(std::llround(options.validation_split * static_cast<double>(count)), 1);
    require(count > kept, "{}: {} texts are too few for --validation-split {}; at least {} are needed", options.train,
            count, options.validation_split, kept + 1);
    std::vector<Index> order = random_permutation(count, {.seed = seed_for(options.training.seed, "split")});
    std::sort(order.begin(), order.begin() + kept);
    std::sort(order.begin() + kept, order.end());
    std::vector<Sample> all = std::move(texts.train);
    texts.train.clear();
    for (Index i = 0; i < count; ++i) (i < kept ? texts.validation : texts.train).push_back(all[order[i]]);
  }
  return texts;
}

TrainingData make_data(const TrainOptions& options, const Model& model) {
  const Index positions = model.bert->config().max_position_embeddings;
  require(options.max_length <= positions, "--max-length is {}, the model has positions for {} tokens",
          options.max_length, positions);
  const Index max_length = options.max_length > 0 ? options.max_length : positions;
  const Layout layout = options.pack ? Layout::packed : Layout::text_per_sequence;
  const Texts texts = read_texts(options);
  TrainingData data;
  data.train = make_dataset(texts.train, *model.tokenizer, max_length, layout);
  data.validation = make_dataset(texts.validation, *model.tokenizer, max_length, layout);
  require(!data.train.sequences.empty(), "{}: no text has a known word to learn", options.train);
  for (const std::string& probe : options.probes) fill_mask(*model.bert, *model.tokenizer, probe);  // Error if unfit
  data.probes = options.probes;
  return data;
}

void show_data(const char* label, const std::string& file, const Dataset& data) {
  TrainingConsole::fact(
      label, fmt::format("{}: {} texts, {} tokens", file, format_count(data.texts), format_count(data.tokens)));
  if (data.truncated > 0) {
    TrainingConsole::fact(
        "", fmt::format("{} texts were longer than the model reads and were cut", format_count(data.truncated)));
  }
  if (data.unknown == 0) return;
  std::vector<std::pair<Index, std::string>> frequent;
  for (const auto& [text, count] : data.unknown_texts) frequent.emplace_back(-count, text);
  std::ranges::sort(frequent);
  std::string list;
  for (std::size_t i = 0; i < std::min<std::size_t>(frequent.size(), 10); ++i) {
    list += fmt::format("{}{} ({})", i > 0 ? ", " : "", frequent[i].second, -frequent[i].first);
  }
  TrainingConsole::fact("", fmt::format("{} tokens are not in the vocabulary and read as [UNK]: {}{}",
                                        format_count(data.unknown), list, frequent.size() > 10 ? ", …" : ""));
}

Index longest_batch_tokens(const Dataset& data, Index batch_size) {
  std::vector<Index> lengths;
  for (const Sequence& sequence : data.sequences) lengths.push_back(static_cast<Index>(sequence.ids.size()));
  std::ranges::sort(lengths, std::greater());
  Index tokens = 0;
  for (std::size_t i = 0; i < std::min(lengths.size(), static_cast<std::size_t>(batch_size)); ++i) tokens += lengths[i];
  return tokens;
}

void show_plan(const TrainOptions& options, const Model& model, const TrainingData& data, const Plan& plan) {
  const BertConfig& config = model.bert->config();
  const TrainingArguments& training = options.training;
  TrainingConsole::fact("model",
                        fmt::format("{}: {} layers × {}, {} tokens, {} parameters",
                                    options.model.empty() ? options.config + " (random weights)" : options.model,
                                    config.num_hidden_layers, config.hidden_size, format_count(config.vocab_size),
                                    format_count(model.bert->parameter_count())));
  show_data("training", options.train, data.train);
  if (!data.validation.sequences.empty()) {
    show_data("validation", options.validation.empty() ? options.train : options.validation, data.validation);
  }
  TrainingConsole::fact("plan",
                        fmt::format("{} updates of {} texts, {:.4g} epochs; learning rate {:.1e}, {}; {} threads",
                                    format_count(plan.total_steps), training.batch_size * training.accumulation_steps,
                                    static_cast<double>(plan.total_steps) / static_cast<double>(plan.updates_per_epoch),
                                    training.learning_rate, name_of(training.schedule), num_threads()));
  const Index tokens = longest_batch_tokens(data.train, training.batch_size);
  const auto masked = static_cast<Index>(std::ceil(training.mask_probability * static_cast<double>(tokens)));
  TrainingConsole::fact("memory",
                        fmt::format("about {} at most", format_bytes(expected_training_bytes(
                                                            config, model.bert->parameter_count(), tokens, masked))));
}

void save_result(const TrainOptions& options, const Model& model, const TrainingHistory& history) {
  save_pretrained(options.output, *model.bert, *model.tokenizer, options.storage_type());
  write_file_atomically(fs::path(options.output) / "trainer_state.json", history.to_json());
}

void show_result(const TrainOptions& options, const TrainingHistory& history, const TrainingConsole& console) {
  TrainingConsole::show_probes(history);
  fmt::print("\n");
  TrainingConsole::fact("done", fmt::format("{} updates in {}, {} of memory at most", format_count(history.step),
                                            format_duration(console.elapsed_seconds()),
                                            format_bytes(CachingAllocator::instance().statistics().peak)));
  TrainingConsole::fact("model", options.output);
  TrainingConsole::fact("report", (fs::path(options.output) / "report.html").string());
  TrainingConsole::fact("ask it", fmt::format("mini_bert_predict fill-mask --model {} \"…[MASK]…\"", options.output));
}

}  // namespace

int train(const TrainOptions& options) {
  if (options.threads > 0) set_num_threads(static_cast<int>(options.threads));
  const IfRunExists if_run_exists = options.resume      ? IfRunExists::resume
                                    : options.overwrite ? IfRunExists::overwrite
                                                        : IfRunExists::refuse;
  RunDirectory directory(options.output, if_run_exists);
  const Model model = load_model(options);
  const TrainingData data = make_data(options, model);
  const Plan plan(options.training, static_cast<Index>(data.train.sequences.size()));
  show_plan(options, model, data, plan);

  TrainingConsole console(plan, !data.validation.sequences.empty());
  RunObserver observer(console, directory);
  Trainer trainer(*model.bert, *model.tokenizer, options.training, data, options.output, observer);
  if (options.resume) {
    const fs::path checkpoint =
        options.checkpoint.empty() ? Trainer::latest_checkpoint(options.output) : fs::path(options.checkpoint);
    require(!checkpoint.empty(), "{}: this run has no checkpoint yet; start it anew with --overwrite", options.output);
    trainer.resume(checkpoint);
    TrainingConsole::fact("resumed", fmt::format("{} after {} updates", checkpoint.string(), trainer.history().step));
  }
  directory.prepare(arguments_json(options.given));
  directory.start_metrics(trainer.history());
  stop_on_interrupt();

  if (trainer.run() == Ending::interrupted) {
    fmt::print("\ninterrupted after {} of {} updates; go on with\n  mini_bert_train --resume --output {}\n",
               trainer.history().step, plan.total_steps, options.output);
    return 130;
  }
  save_result(options, model, trainer.history());
  show_result(options, trainer.history(), console);
  return 0;
}

}  // namespace mini_bert
