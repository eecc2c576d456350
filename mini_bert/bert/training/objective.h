#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "mini_bert/bert/data/dataset.h"
#include "mini_bert/bert/model/bert.h"
#include "mini_bert/bert/training/history.h"
#include "mini_bert/tensor/fingerprint.h"

namespace mini_bert {

// Some examples, ready for a forward pass.
struct LossBatch {
  Index tokens;  // read
  // How many things each of its losses is a mean over: masked tokens, labelled tokens, sentences; the sum of their
  // weights where they weigh differently. One entry for most objectives, two where two losses are added.
  std::vector<double> counts;
  // The sum of each loss over its things, divided by its divisor; the losses added. With the counts of a whole group of
  // batches as divisors, the gradients of the group add up to those of one large batch.
  std::function<Var(std::span<const double> divisors, Mode& mode)> loss;
};

// How many training and validation examples there are of each label.
struct LabelTable {
  std::vector<std::string> labels;
  std::vector<Index> training, validation;
};

// What a model is trained for: which examples there are, what loss a batch of them has, and how good the model is at
// it. The trainer knows nothing else about its task.
class Objective {
 public:
  virtual ~Objective() = default;

  virtual BertPreTrainedModel& model() const = 0;

  // The data it was given. There may be no validation data.
  virtual const Dataset& training() const = 0;
  virtual const Dataset& validation() const = 0;
  // The most tokens that each training example has: an objective may draw what it reads anew in every epoch. An example
  // is a sequence, unless the objective makes one example of several sequences.
  virtual std::vector<Index> lengths() const { return lengths_of(training().sequences); }
  Index examples() const { return static_cast<Index>(lengths().size()); }
  bool validates() const { return !validation().sequences.empty(); }

  // Training examples 0 … examples()−1 as a batch: a pure function of them and the epoch.
  virtual LossBatch batch(std::span<const Index> examples, std::uint32_t epoch) const = 0;

  // How the model does on the validation data, and the names of the metrics that brings.
  virtual Evaluation evaluate() const = 0;
  virtual std::vector<std::string> metric_names() const = 0;

  // The labels of its examples; empty where they have none.
  virtual LabelTable label_table() const { return {}; }

  // What the model now answers to the user's questions.
  virtual std::vector<ProbeRow> ask_probes() const { return {}; }

  // Scores the model on the guard: questions it answered before training and should still answer. Also returns the
  // texts of those questions.
  virtual std::optional<GuardRow> score_guard() const { return std::nullopt; }
  virtual std::vector<std::string> guard_blanks() const { return {}; }

  // The facts that decide the run's bits besides the training arguments and the model's configuration: fingerprints of
  // the data, the rules of masking, the weights of classes.
  virtual RunIdentity identity() const = 0;
};

// Adds what an example reads and what is masked in it.
inline void add_sequence(const Sequence& sequence, Fingerprint& fingerprint) {
  fingerprint.add(sequence.ids.size());
  for (const std::int32_t id : sequence.ids) fingerprint.add(static_cast<std::uint64_t>(id));
  for (const MaskRule rule : sequence.mask_rules) fingerprint.add(static_cast<std::uint64_t>(rule));
}

}  // namespace mini_bert
