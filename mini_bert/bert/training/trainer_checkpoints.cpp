// Saves a run and resumes it. The training itself is in trainer.cpp.
#include <algorithm>

#include "mini_bert/base/foreign_error.h"
#include "mini_bert/base/text_file.h"
#include "mini_bert/bert/checkpoint.h"
#include "mini_bert/bert/run_identity.h"
#include "mini_bert/bert/training/best_metric.h"
#include "mini_bert/bert/training/checkpoint_folders.h"
#include "mini_bert/bert/training/trainer.h"
#include "mini_bert/files/atomic_directory.h"
#include "mini_bert/files/atomic_file.h"
#include "mini_bert/files/manifest.h"
#include "mini_bert/files/remove_folder.h"
#include "mini_bert/tensor/rehearsal.h"
#include "mini_bert/tensor/simd/isa.h"

namespace mini_bert {
namespace {

namespace fs = std::filesystem;

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
  if (arguments_.anchor > 0 && !Rehearsal::is_running())
    identity.add_fingerprint("anchor_weights", anchor_.fingerprint());
  identity.add("precision", arguments_.precision == Precision::mixed ? "bf16" : "f32");
  identity.add(std::string(instruction_set_key), name_of(isa()));
  identity.add_all(objective_.identity());
  identity.add_all(model_.config().identity());
  return identity;
}

fs::path Trainer::latest_checkpoint(const fs::path& output) {
  const std::vector<CheckpointFolder> found = checkpoints_in(output);
  return found.empty() ? fs::path() : found.back().path;
}

fs::path Trainer::checkpoint_path(Index step) const {
  return output_ / ("checkpoint-" + std::to_string(step));
}

void Trainer::save_checkpoint() {
  if (output_.empty() || last_saved_step_ == history_.step) return;
  const fs::path path = checkpoint_path(history_.step);
  AtomicDirectory directory(path);
  std::vector<WrittenFile> files = save_pretrained(directory.staging(), model_, tokenizer_);
  files.push_back(write_safetensors(directory.staging() / optimizer_file, named_tensors(optimizer_)));
  files.push_back(write_file_atomically(directory.staging() / state_file, history_.to_json()));
  write_manifest(directory.staging(), files);
  directory.commit();
  last_saved_step_ = history_.step;
  observer_.on_checkpoint(path);
  delete_old_checkpoints();
}

// Deletes checkpoints above the limit, but never the newest one or the best one. A run that was resumed from an older
// checkpoint finds newer ones of its first attempt: they go first.
void Trainer::delete_old_checkpoints() const {
  if (!arguments_.save_total_limit) return;
  const auto limit = static_cast<std::size_t>(std::max(*arguments_.save_total_limit, Index{1}));
  std::vector<CheckpointFolder> found = checkpoints_in(output_);
  std::stable_partition(found.begin(), found.end(),
                        [&](const auto& checkpoint) { return checkpoint.step > history_.step; });
  std::size_t count = found.size();
  for (const CheckpointFolder& checkpoint : found) {
    if (count <= limit) return;
    if (checkpoint.step == history_.step) continue;
    if (arguments_.load_best && history_.best_step == checkpoint.step) continue;
    remove_folder(checkpoint.path);
    --count;
  }
}

// Error when the weights of the best evaluation, which the run is to end with, cannot be read.
void Trainer::verify_best(const TrainingHistory& history, const std::string& state) const {
  if (!arguments_.load_best || !history.best_step || *history.best_step == history.step) return;
  try {
    verify_checkpoint_file(checkpoint_path(*history.best_step), weights_file);
  } catch (const DamagedFileError& error) {
    fail("{}: the best weights so far are those of update {}; {}. Put the file back, or set `load_best` to false",
         state, *history.best_step, error.what());
  }
}

// Where the weights of the best evaluation cannot be read, the model keeps the last ones.
void Trainer::take_best_weights() {
  if (!arguments_.load_best || !history_.best_step || *history_.best_step == history_.step) return;
  const fs::path best = checkpoint_path(*history_.best_step);
  try {
    verify_checkpoint_file(best, weights_file);
    read_parameters(SafetensorsFile(best / weights_file), parameters_);
  } catch (const Error& error) {
    history_.warnings.push_back(
        fmt::format("the model has the weights of the last update, {}, and not the best ones, those of update {}: {}",
                    history_.step, *history_.best_step, error.what()));
  }
}

// Compares what a checkpoint says about its run with this run, and takes over what was accepted.
void Trainer::check_identity(TrainingHistory& history, const std::string& state,
                             OtherInstructionSet other_instruction_set) const {
  std::vector<RunIdentity::Difference> differences = history_.identity.differences_from(history.identity);
  if (other_instruction_set == OtherInstructionSet::accept) {
    for (const RunIdentity::Difference& difference : differences) {
      if (difference.key != instruction_set_key) continue;
      history.warnings.push_back(
          fmt::format("the instruction set was {} up to update {} and {} after it; the result is not bit-identical to "
                      "a run with one of them",
                      difference.before, history.step, difference.now));
    }
    std::erase_if(differences, [](const auto& difference) { return difference.key == instruction_set_key; });
  }
  if (!differences.empty()) throw OtherRunError(state, std::move(differences));
  history.identity = history_.identity;
  require(history.total_steps == plan_.total_steps, "{}: max_steps is {}, expected {}; resume from another checkpoint",
          state, history.total_steps, plan_.total_steps);
  require(history.guard_blanks == history_.guard_blanks,
          "{}: resume with the guard the run began with: it had {} blanks, now there are {}, or other ones", state,
          history.guard_blanks.size(), history_.guard_blanks.size());
}

void Trainer::resume(const fs::path& checkpoint, OtherInstructionSet other_instruction_set) {
  verify_checkpoint(checkpoint);
  const fs::path state = checkpoint / state_file;
  TrainingHistory history =
      with_file_name(state.string(), [&] { return TrainingHistory::from_json(read_text_file(state), state.string()); });
  check_identity(history, state.string(), other_instruction_set);
  verify_best(history, state.string());
  read_parameters(SafetensorsFile(checkpoint / weights_file), parameters_);
  read_tensors(SafetensorsFile(checkpoint / optimizer_file), named_tensors(optimizer_));
  optimizer_.set_steps(history.step);
  history_ = std::move(history);
  last_saved_step_ = history_.step;
}

}  // namespace mini_bert
