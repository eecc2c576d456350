#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "mini_bert/bert/training/arguments.h"
#include "mini_bert/bert/training/history.h"
#include "mini_bert/bert/training/objective.h"
#include "mini_bert/bert/training/sampler.h"
#include "mini_bert/nn/adamw.h"
#include "mini_bert/nn/anchor.h"
#include "mini_bert/tokenizer/tokenizer.h"

namespace mini_bert {

// One update, as it happens.
struct UpdateReport {
  double loss;       // per masked token, or whatever the objective's loss is a mean over
  double grad_norm;  // before clipping
  double learning_rate;
  Index tokens;  // read
};

// Told what happens in a run; may ask it to stop.
class TrainingObserver {
 public:
  virtual ~TrainingObserver() = default;
  virtual void on_update(const UpdateReport&, const TrainingHistory&) {}
  virtual void on_row(const TrainingRow&) {}
  virtual void on_row(const EvaluationRow&) {}
  virtual void on_row(const ProbeRow&) {}
  virtual void on_guard(const GuardRow&) {}
  virtual void on_checkpoint(const std::filesystem::path&) {}
  virtual bool stop_requested() { return false; }  // asked after every update
};

enum class Ending { completed, stopped_early, interrupted };

// Fine-tunes (or pre-trains) a model with AdamW: all of it, or what the arguments do not freeze. An update:
//   1. the sampler chooses the examples of a group of batches, the objective makes the batches; n = the masked tokens
//      (or whatever the loss is a mean over) of the whole group
//   2. forward and backward of each batch with loss Σ / n, so the group counts as one large batch
//   3. all gradients are complete and nothing has been updated: loss and gradients are checked to be finite, the
//      gradient norm is clipped
//   4. the anchor, if there is one, and AdamW, with the learning rate of this update
// A checkpoint directory holds a model directory, optimizer.safetensors and trainer_state.json. A run resumed from one
// ends with the same bits as a run that never stopped.
class Trainer {
 public:
  // Checkpoints go to `output`. All arguments outlive the trainer. An anchor pulls what is trained towards the weights
  // that the model has now.
  Trainer(const Objective& objective, const Tokenizer& tokenizer, const TrainingArguments& arguments,
          std::filesystem::path output, TrainingObserver& observer);

  // Continues where the checkpoint's run stood. Error when it is not a checkpoint of this model and these data. With an
  // anchor the trainer must have been made with the weights the run began with: a checkpoint does not hold them.
  void resume(const std::filesystem::path& checkpoint);

  // Trains until the plan is done, evaluations stop getting better (early_stopping_patience), or the observer asks to
  // stop, which saves a checkpoint. Error, before anything is updated, when the loss or a gradient is not finite.
  Ending run();

  // Seconds that each of the run's first updates takes, made as run() makes them but told to nobody and saved nowhere:
  // for a trainer and a model that are not used afterwards.
  std::vector<double> rehearse(Index updates);

  const Plan& plan() const { return plan_; }
  const TrainingHistory& history() const { return history_; }

  // The newest checkpoint-N in a directory; an empty path when there is none.
  static std::filesystem::path latest_checkpoint(const std::filesystem::path& output);

 private:
  UpdateReport update();
  void record(const UpdateReport& report);
  void ask_probes();
  void score_guard();
  void evaluate();
  bool is_better(double metric) const;
  bool out_of_patience() const;
  RunIdentity identity() const;
  std::filesystem::path checkpoint_path(Index step) const;
  void save_checkpoint();
  void delete_old_checkpoints() const;
  void check_finite(double value, Index step, const char* what) const;

  const Objective& objective_;
  BertPreTrainedModel& model_;
  const Tokenizer& tokenizer_;
  const TrainingArguments& arguments_;
  std::filesystem::path output_;
  TrainingObserver& observer_;

  Sampler sampler_;
  Plan plan_;
  std::vector<Parameter> parameters_;
  AdamW optimizer_;
  Anchor anchor_;
  TrainingHistory history_;
  Index last_saved_step_ = -1;
};

}  // namespace mini_bert
