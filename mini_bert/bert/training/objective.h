#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "mini_bert/bert/data/dataset.h"
#include "mini_bert/bert/model/bert.h"
#include "mini_bert/bert/training/history.h"
#include "mini_bert/tensor/fingerprint.h"

namespace mini_bert {

// The epoch for which validation data are masked: they look the same at every evaluation, and no training epoch has
// this number.
inline constexpr std::uint32_t validation_epoch = std::numeric_limits<std::uint32_t>::max();

// Some examples, prepared for a forward pass.
struct LossBatch {
  Index tokens;  // the number of tokens that the batch reads
  // The divisor of each loss: the number of masked tokens, labelled tokens or sentences over which the loss is a mean,
  // or the sum of their weights if they have weights. Most objectives have one loss and one entry; an objective that
  // adds two losses has two.
  std::vector<double> counts;
  // For each loss, the sum over the examples divided by its divisor; the quotients are added. When the divisors are the
  // counts of a whole group of batches, the gradients of the group add up to those of one large batch.
  std::function<Var(std::span<const double> divisors, Mode& mode)> loss;
};

// The number of training and validation examples for each label.
struct LabelTable {
  std::vector<std::string> labels;
  std::vector<Index> training, validation;
};

// The task for which a model is trained: its examples, the loss of a batch, and the evaluation. The trainer reads
// everything about the task from here.
class Objective {
 public:
  virtual ~Objective() = default;

  virtual BertPreTrainedModel& model() const = 0;

  // The data of the task. The validation data may be empty.
  virtual const Dataset& training() const = 0;
  virtual const Dataset& validation() const = 0;
  // The largest number of tokens of each training example. It is an upper bound because an objective may draw the
  // tokens anew in every epoch. An example is one sequence, unless the objective makes one example of several
  // sequences.
  virtual std::vector<Index> lengths() const { return lengths_of(training().sequences); }
  Index examples() const { return static_cast<Index>(lengths().size()); }
  bool validates() const { return !validation().sequences.empty(); }

  // Makes a batch of the given training examples, each a number from 0 to examples()−1. The batch depends only on the
  // examples and the epoch.
  virtual LossBatch batch(std::span<const Index> examples, std::uint32_t epoch) const = 0;

  // Evaluates the model on the validation data, and names the metrics of that evaluation.
  virtual Evaluation evaluate() const = 0;
  virtual std::vector<std::string> metric_names() const = 0;

  // The labels of the examples; empty when the task has no labels.
  virtual LabelTable label_table() const { return {}; }

  // The model's current answers to the user's probes.
  virtual std::vector<ProbeRow> ask_probes() const { return {}; }

  // Scores the model on the guard: questions it answered before training and should still answer. Also returns the
  // texts of those questions.
  virtual std::optional<GuardRow> score_guard() const { return std::nullopt; }
  virtual std::vector<std::string> guard_blanks() const { return {}; }

  // The facts that decide the run's bits, without the training arguments and the model's configuration: fingerprints of
  // the data, masking rules, class weights.
  virtual RunIdentity identity() const = 0;
};

// Adds the token ids of an example and its masking rules to a fingerprint.
inline void add_sequence(const Sequence& sequence, Fingerprint& fingerprint) {
  fingerprint.add(sequence.ids.size());
  for (const std::int32_t id : sequence.ids) fingerprint.add(static_cast<std::uint64_t>(id));
  for (const MaskRule rule : sequence.mask_rules) fingerprint.add(static_cast<std::uint64_t>(rule));
}

}  // namespace mini_bert
