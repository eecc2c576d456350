#include "mini_bert/bert/training/classification_objective.h"

#include <algorithm>
#include <bit>

#include "mini_bert/autograd/tape.h"
#include "mini_bert/bert/data/batches.h"
#include "mini_bert/bert/data/class_weights.h"
#include "mini_bert/bert/metrics/classification.h"
#include "mini_bert/bert/metrics/regression.h"

namespace mini_bert {
namespace {

std::uint64_t fingerprint(const ClassificationSet& set) {
  Fingerprint fingerprint;
  for (std::size_t i = 0; i < set.targets.size(); ++i) {
    add_sequence(set.data.sequences[i], fingerprint);
    for (const double target : set.targets[i]) fingerprint.add(std::bit_cast<std::uint64_t>(target));
  }
  return fingerprint.value();
}

// The metrics of each problem, from the logits of all examples (one row each) and the expected values.
std::vector<Metric> metrics(ProblemType problem, const std::vector<std::vector<float>>& logits,
                            const std::vector<std::vector<double>>& targets) {
  if (problem == ProblemType::multi_label_classification) {
    std::vector<std::int32_t> expected, predicted;
    for (std::size_t i = 0; i < logits.size(); ++i) {
      for (const double target : targets[i]) expected.push_back(target > 0.5);
      for (const float logit : logits[i]) predicted.push_back(logit > 0);  // σ(0) = ½
    }
    return multi_label_metrics(expected, predicted, static_cast<Index>(targets[0].size()));
  }
  std::vector<double> expected, predicted;
  for (std::size_t i = 0; i < logits.size(); ++i) {
    expected.insert(expected.end(), targets[i].begin(), targets[i].end());
    predicted.insert(predicted.end(), logits[i].begin(), logits[i].end());
  }
  return regression_metrics(expected, predicted);
}

ConfusionMatrix confusion(const BertConfig& config, const std::vector<std::vector<float>>& logits,
                          const std::vector<std::vector<double>>& targets) {
  std::vector<std::int32_t> expected, predicted;
  for (std::size_t i = 0; i < logits.size(); ++i) {
    expected.push_back(static_cast<std::int32_t>(targets[i][0]));
    predicted.push_back(static_cast<std::int32_t>(std::ranges::max_element(logits[i]) - logits[i].begin()));
  }
  std::vector<std::string> labels;
  for (Index id = 0; id < config.label_count(); ++id) labels.push_back(config.label(id));
  return confusion_matrix(expected, predicted, std::move(labels));
}

}  // namespace

ClassificationObjective::ClassificationObjective(BertForSequenceClassification& model, ClassificationSet train,
                                                 ClassificationSet validation, Tensor class_weights)
    : LabelledObjective(model, std::move(train), std::move(validation)), class_weights_(std::move(class_weights)) {}

Tensor ClassificationObjective::labels(const ClassificationSet& set, std::span<const Index> members) const {
  if (model_.config().problem() == ProblemType::single_label_classification) {
    std::vector<std::int32_t> labels;
    for (const Index i : members) labels.push_back(static_cast<std::int32_t>(set.targets[i][0]));
    return Tensor::from(labels);
  }
  std::vector<float> labels;
  for (const Index i : members) labels.insert(labels.end(), set.targets[i].begin(), set.targets[i].end());
  return Tensor::from(labels, {static_cast<Index>(members.size()), model_.config().label_count()});
}

LossBatch ClassificationObjective::batch(std::span<const Index> examples, std::uint32_t) const {
  const PackedSequences tokens = pack_members(train_.data.sequences, examples);
  const Tensor expected = labels(train_, examples);
  return {
      tokens.ids.size(), {weight_of(expected)}, [this, tokens, expected](std::span<const double> divisors, Mode& mode) {
        return model_.loss(tokens, expected, divisors[0], mode, class_weights_);
      }};
}

Evaluation ClassificationObjective::evaluate() const {
  const NoGrad no_grad;
  std::vector<std::vector<float>> logits(validation_.targets.size());
  double sum = 0, weight = 0;
  for (const std::vector<Index>& members : batches_by_length(validation_.data.sequences)) {
    Mode mode = Mode::inference();
    const Var scores = model_.logits(pack_members(validation_.data.sequences, members), mode);
    const Tensor expected = labels(validation_, members);
    sum += model_.loss_of(scores, expected, 1, class_weights_).value().item();
    weight += weight_of(expected);
    for (std::size_t m = 0; m < members.size(); ++m) {
      const Tensor row = scores.value().rows(static_cast<Index>(m), static_cast<Index>(m) + 1);
      logits[static_cast<std::size_t>(members[m])].assign(row.values<float>().begin(), row.values<float>().end());
    }
  }
  Evaluation evaluation{.loss = sum / weight};
  const ProblemType problem = model_.config().problem();
  if (problem == ProblemType::single_label_classification) {
    evaluation.confusion = confusion(model_.config(), logits, validation_.targets);
    evaluation.metrics = single_label_metrics(*evaluation.confusion);
  } else {
    evaluation.metrics = metrics(problem, logits, validation_.targets);
  }
  return evaluation;
}

// The divisor of the mean loss: the number of texts, or the sum of their class weights.
double ClassificationObjective::weight_of(const Tensor& labels) const {
  return class_weights_.defined() ? total_weight(labels, class_weights_) : static_cast<double>(labels.shape()[0]);
}

std::vector<std::string> ClassificationObjective::metric_names() const {
  switch (model_.config().problem()) {
    case ProblemType::single_label_classification:
      return {"accuracy", "f1_macro", "f1_micro"};
    case ProblemType::multi_label_classification:
      return {"f1_micro", "f1_macro", "accuracy"};
    case ProblemType::regression:
      return {"pearson", "spearman", "mse"};
  }
  fail("sequence classification: unknown problem type");
}

LabelTable ClassificationObjective::label_table() const {
  const BertConfig& config = model_.config();
  const ProblemType problem = config.problem();
  if (problem == ProblemType::regression) return {};
  return {config.labels, label_counts(train_, problem, config.label_count()),
          label_counts(validation_, problem, config.label_count())};
}

RunIdentity ClassificationObjective::identity() const {
  RunIdentity identity;
  if (class_weights_.defined()) identity.add_text("class_weights", weights_text(class_weights_));
  identity.add_fingerprint("training_data", fingerprint(train_));
  identity.add_fingerprint("validation_data", fingerprint(validation_));
  return identity;
}

}  // namespace mini_bert
