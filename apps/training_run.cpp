#include "apps/training_run.h"

#include <csignal>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <filesystem>

#include "bert/checkpoint.h"
#include "bert/files/atomic_file.h"
#include "bert/training/trainer.h"
#include "tensor/parallel.h"

namespace mini_bert {
namespace {

namespace fs = std::filesystem;
volatile std::sig_atomic_t interrupted = 0;

class Console : public TrainingObserver {
 public:
  void on_row(const TrainingRow& r) override {
    const double s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
    fmt::print("{:8} {:8.3f} loss {:.4f} norm {:.2f} lr {:.2e} tok/s {:.0f} t {:.0f}s\n", r.step, r.epoch, r.loss,
               r.grad_norm, r.learning_rate, tokens_ / s, s);
    std::fflush(stdout);
  }
  void on_row(const EvaluationRow& r) override { fmt::print("   eval {} loss {:.4f} ppl {:.2f}\n", r.step, r.loss, r.perplexity()); }
  void on_row(const ProbeRow& r) override {
    fmt::print("   {}:", r.text);
    for (auto& a : r.answers) fmt::print(" {} {:.3f}", a.token, a.score);
    fmt::print("\n");
    std::fflush(stdout);
  }
  void on_update(const UpdateReport& u, const TrainingHistory&) override { tokens_ += u.tokens; }
  bool stop_requested() override { return interrupted != 0; }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  double tokens_ = 0;
};

}  // namespace

int train(const TrainOptions& options) {
  if (options.threads > 0) set_num_threads(static_cast<int>(options.threads));
  std::signal(SIGINT, [](int) { interrupted = 1; });
  std::unique_ptr<BertForMaskedLM> model;
  std::optional<Tokenizer> tokenizer;
  if (!options.model.empty()) {
    PretrainedModel p = load_pretrained(options.model);
    model = std::move(p.model);
    tokenizer = std::move(p.tokenizer);
  } else {
    const BertConfig config = BertConfig::read(options.config);
    tokenizer = Tokenizer::from_directory(options.vocab);
    check_vocabulary(config, *tokenizer, options.vocab);
    model = std::make_unique<BertForMaskedLM>(config);
    model->initialize(options.training.seed);
  }
  const Index max_length = options.max_length > 0 ? options.max_length : model->config().max_position_embeddings;
  const Layout layout = options.pack ? Layout::packed : Layout::text_per_sequence;
  TrainingData data;
  data.train = make_dataset(read_samples(options.train).samples, *tokenizer, max_length, layout);
  if (!options.validation.empty()) data.validation = make_dataset(read_samples(options.validation).samples, *tokenizer, max_length, layout);
  data.probes = options.probes;
  fmt::print("{} sequences, {} tokens, {} unknown, {} parameters\n", data.train.sequences.size(), data.train.tokens, data.train.unknown, model->parameter_count());
  Console console;
  Trainer trainer(*model, *tokenizer, options.training, data, options.output, console);
  fs::create_directories(options.output);
  write_file_atomically(fs::path(options.output) / "arguments.json", arguments_json(options.given));
  if (options.resume) trainer.resume(options.checkpoint.empty() ? Trainer::latest_checkpoint(options.output) : fs::path(options.checkpoint));
  const Ending ending = trainer.run();
  if (ending == Ending::interrupted) return 130;
  save_pretrained(options.output, *model, *tokenizer, options.storage_type());
  write_file_atomically(fs::path(options.output) / "trainer_state.json", trainer.history().to_json());
  return 0;
}

}  // namespace mini_bert
