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

// What an observer learns about one update.
struct UpdateReport {
  double loss;       // per masked token, or whatever the objective's loss is a mean over
  double grad_norm;  // before clipping
  double learning_rate;
  Index tokens;  // tokens that the update read
};

// Receives the events of a run. It may ask the run to stop.
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

// Whether a run may go on with another instruction set than it began with. Its result is then as good, but not
// bit-identical to that of an unbroken run.
enum class OtherInstructionSet { refuse, accept };

enum class Ending { completed, stopped_early, interrupted };

// Trains a model with AdamW, except for the parameters that the arguments freeze. One update:
//   1. The sampler chooses the examples of a group of batches, and the objective makes the batches. n is the number of
//      masked tokens in the group (or of whatever the loss is a mean over).
//   2. Each batch runs forward and backward with the loss Σ / n, so the group counts as one large batch.
//   3. Loss and gradients are checked to be finite, and the gradient norm is clipped. All gradients are complete and no
//      weight has changed yet.
//   4. The anchor, if there is one, and AdamW change the weights with this update's learning rate.
// A checkpoint is a model directory with optimizer.safetensors, trainer_state.json and checksums.json. A resumed run
// ends bit-identical to a run that never stopped.
class Trainer {
 public:
  // Writes checkpoints to `output`, or none if it is empty. All arguments must outlive the trainer. The anchor pulls
  // trained parameters towards the weights that the model has when the trainer is made.
  Trainer(const Objective& objective, const Tokenizer& tokenizer, const TrainingArguments& arguments,
          std::filesystem::path output, TrainingObserver& observer);

  // Continues the run of a checkpoint. DamagedFileError (files/manifest.h) when the checkpoint is not whole. Error when
  // it is of another model, other data or other arguments (run_identity.h), or when the best checkpoint, which
  // load_best needs at the end, is gone. With an anchor, the trainer must have been made with the weights that the run
  // began with, because checkpoints do not contain them. Another instruction set that is accepted is recorded as a
  // warning.
  void resume(const std::filesystem::path& checkpoint,
              OtherInstructionSet other_instruction_set = OtherInstructionSet::refuse);

  // Trains until the plan is complete, the evaluations stop improving (early_stopping_patience), or the observer asks
  // to stop. A run that the observer stops saves a checkpoint. Error, before any weight changes, when the loss or a
  // gradient is not finite. When load_best finds its checkpoint gone or damaged at the end, the model keeps the last
  // weights, and a warning in history() says so.
  Ending run();

  // One update of run() with the rows, evaluations and checkpoints that follow it; before the first update also the
  // first evaluation. Returns whether there is a next update. For callers that have a loop of their own.
  bool advance();
  // How the run stands: interrupted while there is a next update.
  Ending ending() const;

  // Makes the run's first updates and returns the seconds that each took. It reports nothing and saves nothing. Neither
  // the trainer nor the model may be used afterwards.
  std::vector<double> rehearse(Index updates);

  // Inside a Rehearsal (tensor/rehearsal.h): goes through an evaluation and through the updates that need most memory.
  // The same holds afterwards.
  void rehearse_memory();

  const Plan& plan() const { return plan_; }
  const TrainingHistory& history() const { return history_; }

  // The newest checkpoint-N in a directory; an empty path when there is none.
  static std::filesystem::path latest_checkpoint(const std::filesystem::path& output);

 private:
  UpdateReport update();
  std::vector<Index> largest_updates();
  void record(const UpdateReport& report);
  void ask_probes();
  void score_guard();
  void evaluate();
  bool is_over() const;
  bool is_better(double metric) const;
  bool out_of_patience() const;
  RunIdentity identity() const;
  std::filesystem::path checkpoint_path(Index step) const;
  void save_checkpoint();
  void delete_old_checkpoints() const;
  void verify_best(const TrainingHistory& history, const std::string& state) const;
  void take_best_weights();
  void check_identity(TrainingHistory& history, const std::string& state, OtherInstructionSet set) const;
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
