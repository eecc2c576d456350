#include "mini_bert/bert/training/choosing_objective.h"

#include <algorithm>
#include <numeric>

#include "mini_bert/autograd/ops/segment_cross_entropy.h"
#include "mini_bert/autograd/tape.h"
#include "mini_bert/bert/data/batches.h"
#include "mini_bert/bert/predict/choose.h"

namespace mini_bert {
namespace {

std::uint64_t fingerprint(const ChoosingSet& set) {
  Fingerprint fingerprint;
  for (const Sequence& sequence : set.data.sequences) add_sequence(sequence, fingerprint);
  for (const Index count : set.counts) fingerprint.add(static_cast<std::uint64_t>(count));
  for (const std::int32_t answer : set.answers) fingerprint.add(static_cast<std::uint64_t>(answer));
  return fingerprint.value();
}

void require_answers(const ChoosingSet& set) {
  require(std::ranges::find(set.answers, -1) == set.answers.end(), "multiple choice: question {} has no answer",
          std::ranges::find(set.answers, -1) - set.answers.begin() + 1);
}

}  // namespace

ChoosingObjective::ChoosingObjective(BertForMultipleChoice& model, ChoosingSet train, ChoosingSet validation)
    : LabelledObjective(model, std::move(train), std::move(validation)), first_{0} {
  require_answers(train_);
  require_answers(validation_);
  for (const Index count : train_.counts) first_.push_back(first_.back() + count);
}

std::vector<Index> ChoosingObjective::lengths() const {
  const std::vector<Index> of_choices = lengths_of(train_.data.sequences);
  std::vector<Index> lengths;
  for (std::size_t q = 0; q < train_.counts.size(); ++q) {
    lengths.push_back(std::accumulate(of_choices.begin() + first_[q], of_choices.begin() + first_[q + 1], Index{0}));
  }
  return lengths;
}

LossBatch ChoosingObjective::batch(std::span<const Index> examples, std::uint32_t) const {
  std::vector<Index> members, counts;
  std::vector<std::int32_t> answers;
  for (const Index example : examples) {
    const auto q = static_cast<std::size_t>(example);
    for (Index sequence = first_[q]; sequence < first_[q + 1]; ++sequence) members.push_back(sequence);
    counts.push_back(train_.counts[q]);
    answers.push_back(train_.answers[q]);
  }
  const PackedSequences tokens = pack_members(train_.data.sequences, members);
  const SequenceOffsets choices(counts);
  const Tensor labels = Tensor::from(answers);
  return {tokens.ids.size(),
          {static_cast<double>(examples.size())},
          [this, tokens, choices, labels](std::span<const double> divisors, Mode& mode) {
            return model_.loss(tokens, choices, labels, divisors[0], mode);
          }};
}

Evaluation ChoosingObjective::evaluate() const {
  const NoGrad no_grad;
  const std::vector<float> scores = choice_logits(model_, validation_.data);
  const auto questions = static_cast<Index>(validation_.counts.size());
  const Tensor logits = Tensor::from(scores, {static_cast<Index>(scores.size()), 1});
  const Var loss =
      segment_cross_entropy(Var(logits), SequenceOffsets(validation_.counts),
                            Tensor::from(validation_.answers, {questions, 1}), static_cast<double>(questions));
  Index right = 0;
  auto first = scores.begin();
  for (std::size_t q = 0; q < validation_.counts.size(); ++q) {
    const auto last = first + validation_.counts[q];
    right += std::max_element(first, last) - first == validation_.answers[q];
    first = last;
  }
  return {.loss = loss.value().item(),
          .metrics = {{"accuracy", static_cast<double>(right) / static_cast<double>(questions)}}};
}

LabelTable ChoosingObjective::label_table() const {
  const auto most = static_cast<std::size_t>(std::ranges::max(train_.counts));
  const auto counts = [&](const ChoosingSet& set) {
    std::vector<Index> counts(most);
    for (const std::int32_t answer : set.answers) {
      if (static_cast<std::size_t>(answer) < most) ++counts[static_cast<std::size_t>(answer)];
    }
    return counts;
  };
  LabelTable table{{}, counts(train_), counts(validation_)};
  for (std::size_t i = 1; i <= most; ++i) table.labels.push_back(fmt::format("choice {}", i));
  return table;
}

RunIdentity ChoosingObjective::identity() const {
  RunIdentity identity;
  identity.add_fingerprint("training_data", fingerprint(train_));
  identity.add_fingerprint("validation_data", fingerprint(validation_));
  return identity;
}

}  // namespace mini_bert
