#include "mini_bert/bert/training/tagging_objective.h"

#include <algorithm>

#include "mini_bert/autograd/ops/cross_entropy.h"
#include "mini_bert/autograd/tape.h"
#include "mini_bert/bert/data/batches.h"
#include "mini_bert/bert/data/class_weights.h"
#include "mini_bert/bert/metrics/classification.h"
#include "mini_bert/bert/metrics/entities.h"

namespace mini_bert {
namespace {

std::uint64_t fingerprint(const TaggingSet& set) {
  Fingerprint fingerprint;
  for (std::size_t i = 0; i < set.labels.size(); ++i) {
    add_sequence(set.data.sequences[i], fingerprint);
    for (const std::int32_t label : set.labels[i]) fingerprint.add(static_cast<std::uint64_t>(label));
  }
  return fingerprint.value();
}

Tensor packed_labels(const TaggingSet& set, std::span<const Index> members) {
  std::vector<std::int32_t> labels;
  for (const Index i : members) {
    const auto& more = set.labels[static_cast<std::size_t>(i)];
    labels.insert(labels.end(), more.begin(), more.end());
  }
  return Tensor::from(labels);
}

// The expected and the predicted tags: as names for each text, and as ids for all texts together.
struct Tags {
  std::vector<std::vector<std::string>> expected, predicted;
  std::vector<std::int32_t> expected_ids, predicted_ids;
};

void add_text(const Tensor& logits, std::span<const std::int32_t> labels, const BertConfig& config, Tags& tags) {
  auto& expected = tags.expected.emplace_back();
  auto& predicted = tags.predicted.emplace_back();
  for (std::size_t t = 0; t < labels.size(); ++t) {
    if (labels[t] == ignore_index) continue;
    const Tensor row = logits.rows(static_cast<Index>(t), static_cast<Index>(t) + 1);
    const auto scores = row.values<float>();
    const auto best = static_cast<std::int32_t>(std::ranges::max_element(scores) - scores.begin());
    expected.push_back(config.label(labels[t]));
    predicted.push_back(config.label(best));
    tags.expected_ids.push_back(labels[t]);
    tags.predicted_ids.push_back(best);
  }
}

}  // namespace

TaggingObjective::TaggingObjective(BertForTokenClassification& model, TaggingSet train, TaggingSet validation,
                                   Tensor class_weights)
    : LabelledObjective(model, std::move(train), std::move(validation)), class_weights_(std::move(class_weights)) {}

LossBatch TaggingObjective::batch(std::span<const Index> examples, std::uint32_t) const {
  const PackedSequences tokens = pack_members(train_.data.sequences, examples);
  const Tensor labels = packed_labels(train_, examples);
  return {tokens.ids.size(),
          {total_weight(labels, class_weights_)},
          [this, tokens, labels](std::span<const double> divisors, Mode& mode) {
            return model_.loss(tokens, labels, divisors[0], mode, class_weights_);
          }};
}

Evaluation TaggingObjective::evaluate() const {
  const NoGrad no_grad;
  const BertConfig& config = model_.config();
  Tags tags;
  double sum = 0, weight = 0;
  for (const std::vector<Index>& members : batches_by_length(validation_.data.sequences)) {
    Mode mode = Mode::inference();
    const PackedSequences tokens = pack_members(validation_.data.sequences, members);
    const Var logits = model_.logits(tokens, mode);
    const Tensor labels = packed_labels(validation_, members);
    sum += cross_entropy(logits, labels, 1, class_weights_).value().item();
    weight += total_weight(labels, class_weights_);
    for (std::size_t m = 0; m < members.size(); ++m) {
      const auto b = static_cast<Index>(m);
      add_text(logits.value().rows(tokens.offsets.begin(b), tokens.offsets.end(b)),
               validation_.labels[static_cast<std::size_t>(members[m])], config, tags);
    }
  }
  Evaluation evaluation{.loss = weight > 0 ? sum / weight : 0};
  evaluation.metrics = entity_metrics(tags.expected, tags.predicted, config.labels);
  evaluation.confusion = confusion_matrix(tags.expected_ids, tags.predicted_ids, config.labels);
  return evaluation;
}

std::vector<std::string> TaggingObjective::metric_names() const {
  std::vector<std::string> names;
  for (const Metric& metric : entity_metrics({}, {}, model_.config().labels)) names.push_back(metric.name);
  return names;
}

LabelTable TaggingObjective::label_table() const {
  const BertConfig& config = model_.config();
  return {config.labels, label_counts(train_, config.label_count()), label_counts(validation_, config.label_count())};
}

RunIdentity TaggingObjective::identity() const {
  RunIdentity identity;
  if (class_weights_.defined()) identity.add_text("class_weights", weights_text(class_weights_));
  identity.add_fingerprint("training_data", fingerprint(train_));
  identity.add_fingerprint("validation_data", fingerprint(validation_));
  return identity;
}

}  // namespace mini_bert
