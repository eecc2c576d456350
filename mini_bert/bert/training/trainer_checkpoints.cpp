// Saves a run and resumes it. The training itself is in trainer.cpp.
#include <algorithm>
#include <charconv>

#include "mini_bert/base/file_error.h"
#include "mini_bert/base/foreign_error.h"
#include "mini_bert/base/text_file.h"
#include "mini_bert/bert/checkpoint.h"
#include "mini_bert/bert/run_identity.h"
#include "mini_bert/bert/training/best_metric.h"
#include "mini_bert/bert/training/trainer.h"
#include "mini_bert/files/atomic_directory.h"
#include "mini_bert/files/atomic_file.h"
#include "mini_bert/tensor/simd/isa.h"

namespace mini_bert {
namespace {

namespace fs = std::filesystem;

struct Checkpoint {
  Index step;
  fs::path path;
};

// All checkpoint-N of a directory, oldest first.
std::vector<Checkpoint> checkpoints_in(const fs::path& output) {
  constexpr std::string_view prefix = "checkpoint-";
  std::vector<Checkpoint> found;
  std::error_code error_code;
  if (!fs::is_directory(output, error_code)) return found;
  fs::directory_iterator entries(output, error_code);
  for (; !error_code && entries != fs::directory_iterator(); entries.increment(error_code)) {
    const fs::directory_entry& entry = *entries;
    const std::string name = entry.path().filename().string();
    std::error_code ignored;
    if (!name.starts_with(prefix) || !entry.is_directory(ignored)) continue;
    Index step = 0;
    const char* const end = name.data() + name.size();
    const auto [parsed_to, error] = std::from_chars(name.data() + prefix.size(), end, step);
    if (error == std::errc() && parsed_to == end) found.push_back({step, entry.path()});
  }
  if (error_code) fail_with_errno(output, "cannot be searched for checkpoints", error_code.value());
  std::ranges::sort(found, {}, &Checkpoint::step);
  return found;
}

// Adds the settings that are not the defaults.
void add_schedule_options(RunIdentity& identity, const ScheduleOptions& options) {
  const ScheduleOptions usual;
  const auto add = [&](const char* name, const auto& value, const auto& otherwise) {
    if (value != otherwise) identity.add(fmt::format("schedule_options.{}", name), value);
  };
  const auto add_set = [&](const char* name, const auto& value) {
    if (value) identity.add(fmt::format("schedule_options.{}", name), *value);
  };
  add_set("num_cycles", options.num_cycles);
  add("power", options.power, usual.power);
  add("lr_end", options.lr_end, usual.lr_end);
  add_set("min_lr", options.min_lr);
  add_set("min_lr_rate", options.min_lr_rate);
  add_set("warmup_lr_rate", options.warmup_lr_rate);
  add_set("timescale", options.timescale);
  add_set("num_decay_steps", options.num_decay_steps);
  add_set("num_stable_steps", options.num_stable_steps);
  add("min_lr_ratio", options.min_lr_ratio, usual.min_lr_ratio);
  add("warmup", static_cast<int>(options.warmup), static_cast<int>(usual.warmup));
  add("decay", static_cast<int>(options.decay), static_cast<int>(usual.decay));
}

// Adds the arguments that decide a run's bits. Arguments that only control reports and checkpoints are left out, and so
// are overridden ones.
void add_arguments(RunIdentity& identity, const TrainingArguments& a) {
  if (a.batch_tokens) {
    identity.add("batch_tokens", *a.batch_tokens);
  } else {
    identity.add("batch_size", a.batch_size);
  }
  identity.add("accumulation_steps", a.accumulation_steps);
  identity.add("learning_rate", a.learning_rate);
  identity.add("schedule", name_of(a.schedule));
  add_schedule_options(identity, a.schedule_options);
  identity.add("layer_decay", a.layer_decay);
  identity.add("freeze_layers", a.freeze_layers);
  identity.add("freeze_embeddings", a.freeze_embeddings || a.freeze_layers > 0);
  identity.add("adamw.beta_1", a.adamw.beta_1);
  identity.add("adamw.beta_2", a.adamw.beta_2);
  identity.add("adamw.eps", a.adamw.eps);
  identity.add("adamw.weight_decay", a.adamw.weight_decay);
  identity.add("adamw.correct_bias", a.adamw.correct_bias);
  identity.add("anchor", a.anchor);
  identity.add("max_grad_norm", a.max_grad_norm);
  identity.add("seed", a.seed);
  identity.add("best_metric", a.best_metric);
  identity.add("greater_is_better", greater_is_better(a));
}

}  // namespace

RunIdentity Trainer::identity() const {
  RunIdentity identity;
  identity.add("updates", plan_.total_steps);
  identity.add("warmup_steps", plan_.warmup_steps);
  add_arguments(identity, arguments_);
  if (arguments_.anchor > 0) identity.add_fingerprint("anchor_weights", anchor_.fingerprint());
  identity.add("precision", arguments_.precision == Precision::mixed ? "bf16" : "f32");
  identity.add("instruction_set", name_of(isa()));
  identity.add_all(objective_.identity());
  identity.add_all(model_.config().identity());
  return identity;
}

fs::path Trainer::latest_checkpoint(const fs::path& output) {
  const std::vector<Checkpoint> found = checkpoints_in(output);
  return found.empty() ? fs::path() : found.back().path;
}

fs::path Trainer::checkpoint_path(Index step) const {
  return output_ / ("checkpoint-" + std::to_string(step));
}

void Trainer::save_checkpoint() {
  if (output_.empty() || last_saved_step_ == history_.step) return;
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

// Deletes checkpoints above the limit, but never the newest one or the best one.
void Trainer::delete_old_checkpoints() const {
  if (!arguments_.save_total_limit) return;
  const auto limit = static_cast<std::size_t>(std::max(*arguments_.save_total_limit, Index{1}));
  std::vector<Checkpoint> found = checkpoints_in(output_);
  std::size_t count = found.size();
  for (std::size_t i = 0; i + 1 < found.size() && count > limit; ++i) {
    if (arguments_.load_best && history_.best_step == found[i].step) continue;
    std::error_code error;
    fs::remove_all(found[i].path, error);
    if (error) fail_with_errno(found[i].path, "cannot be removed", error.value());
    --count;
  }
}

void Trainer::resume(const fs::path& checkpoint) {
  const fs::path state = checkpoint / "trainer_state.json";
  TrainingHistory history =
      with_file_name(state.string(), [&] { return TrainingHistory::from_json(read_text_file(state), state.string()); });
  std::vector<RunIdentity::Difference> differences = history_.identity.differences_from(history.identity);
  if (!differences.empty()) throw OtherRunError(state.string(), std::move(differences));
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
