// Saving a run and taking it up again; the training itself is in trainer.cpp.
#include <algorithm>
#include <charconv>

#include "mini_bert/bert/checkpoint.h"
#include "mini_bert/bert/training/trainer.h"
#include "mini_bert/files/atomic_directory.h"
#include "mini_bert/files/atomic_file.h"
#include "mini_bert/files/text_file.h"

namespace mini_bert {
namespace {

namespace fs = std::filesystem;

struct Checkpoint {
  Index step;
  fs::path path;
};

// Every checkpoint-N of a directory, oldest first.
std::vector<Checkpoint> checkpoints_in(const fs::path& output) {
  constexpr std::string_view prefix = "checkpoint-";
  std::vector<Checkpoint> found;
  if (!fs::is_directory(output)) return found;
  for (const auto& entry : fs::directory_iterator(output)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(prefix) || !entry.is_directory()) continue;
    Index step = 0;
    const char* const end = name.data() + name.size();
    const auto [parsed_to, error] = std::from_chars(name.data() + prefix.size(), end, step);
    if (error == std::errc() && parsed_to == end) found.push_back({step, entry.path()});
  }
  std::ranges::sort(found, {}, &Checkpoint::step);
  return found;
}

// "2x4 texts", "100x4 tokens at most": a batch, and how many of them.
std::string batches_text(const TrainingArguments& a) {
  if (a.batch_tokens) return fmt::format("{}x{} tokens at most", *a.batch_tokens, a.accumulation_steps);
  return fmt::format("{}x{} texts", a.batch_size, a.accumulation_steps);
}

// What most runs leave as it is and is named only where it is not.
std::string unusual(const TrainingArguments& a) {
  std::string text;
  if (a.layer_decay != 1) text += fmt::format("layer decay {}, ", a.layer_decay);
  if (a.freeze_layers > 0) text += fmt::format("{} layers frozen, ", a.freeze_layers);
  if (a.freeze_layers == 0 && a.freeze_embeddings) text += "embeddings frozen, ";
  if (a.best_metric != "loss") text += fmt::format("best by {}, ", a.best_metric);
  if (a.greater_is_better) text += fmt::format("greater is {}, ", *a.greater_is_better ? "better" : "worse");
  return text;
}

}  // namespace

std::string Trainer::identity() const {
  const TrainingArguments& a = arguments_;
  return fmt::format(
      "{} updates of {}, seed {}, learning rate {} {} after {} warm-up, AdamW {}/{}/{}/{}{}, clip {}, "
      "{}{}{}{}",
      plan_.total_steps, batches_text(a), a.seed, a.learning_rate, name_of(a.schedule), plan_.warmup_steps,
      a.adamw.beta_1, a.adamw.beta_2, a.adamw.eps, a.adamw.weight_decay, a.adamw.correct_bias ? "" : " uncorrected",
      a.max_grad_norm, a.precision == Precision::mixed ? "bf16, " : "",
      a.anchor > 0 ? fmt::format("anchor {} at {:016x}, ", a.anchor, anchor_.fingerprint()) : "", unusual(a),
      objective_.identity());
}

fs::path Trainer::latest_checkpoint(const fs::path& output) {
  const std::vector<Checkpoint> found = checkpoints_in(output);
  return found.empty() ? fs::path() : found.back().path;
}

fs::path Trainer::checkpoint_path(Index step) const {
  return output_ / ("checkpoint-" + std::to_string(step));
}

void Trainer::save_checkpoint() {
  if (last_saved_step_ == history_.step) return;
  const fs::path path = checkpoint_path(history_.step);
  AtomicDirectory directory(path);
  save_pretrained(directory.staging(), model_, tokenizer_);
  write_safetensors(directory.staging() / "optimizer.safetensors", named_tensors(optimizer_));
  write_file_atomically(directory.staging() / "trainer_state.json", history_.to_json());
  directory.commit();
  last_saved_step_ = history_.step;
  observer_.on_checkpoint(path);
  delete_old_checkpoints();
}

// The newest and the best always stay.
void Trainer::delete_old_checkpoints() const {
  if (!arguments_.save_total_limit) return;
  const auto limit = static_cast<std::size_t>(std::max(*arguments_.save_total_limit, Index{1}));
  std::vector<Checkpoint> found = checkpoints_in(output_);
  std::size_t count = found.size();
  for (std::size_t i = 0; i + 1 < found.size() && count > limit; ++i) {
    if (arguments_.load_best && history_.best_step == found[i].step) continue;
    fs::remove_all(found[i].path);
    --count;
  }
}

void Trainer::resume(const fs::path& checkpoint) {
  const fs::path state = checkpoint / "trainer_state.json";
  TrainingHistory history = TrainingHistory::from_json(read_text_file(state), state.string());
  require(history.identity == history_.identity,
          "{}: resume with the data and arguments the run began with: it had {}, now it is {}", state.string(),
          history.identity, history_.identity);
  require(history.guard_blanks == history_.guard_blanks,
          "{}: resume with the guard the run began with: it had {} blanks, now there are {}, or other ones",
          state.string(), history.guard_blanks.size(), history_.guard_blanks.size());
  read_tensors(SafetensorsFile(checkpoint / "model.safetensors"), named_tensors(parameters_));
  read_tensors(SafetensorsFile(checkpoint / "optimizer.safetensors"), named_tensors(optimizer_));
  optimizer_.set_steps(history.step);
  history_ = std::move(history);
  last_saved_step_ = history_.step;
}

}  // namespace mini_bert
