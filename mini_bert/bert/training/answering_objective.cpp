#include "mini_bert/bert/training/answering_objective.h"

#include <algorithm>

#include "mini_bert/autograd/ops/segment_cross_entropy.h"
#include "mini_bert/autograd/tape.h"
#include "mini_bert/bert/data/batches.h"
#include "mini_bert/bert/metrics/answers.h"
#include "mini_bert/bert/predict/answer.h"

namespace mini_bert {
namespace {

std::uint64_t fingerprint(const AnsweringSet& set) {
  Fingerprint fingerprint;
  for (std::size_t w = 0; w < set.windows.size(); ++w) {
    add_sequence(set.data.sequences[w], fingerprint);
    fingerprint.add(static_cast<std::uint64_t>(set.windows[w].begin));
    fingerprint.add(static_cast<std::uint64_t>(set.windows[w].end));
  }
  return fingerprint.value();
}

Tensor label_of(const Window& window) {
  return Tensor::from(
      std::vector<std::int32_t>{static_cast<std::int32_t>(window.begin), static_cast<std::int32_t>(window.end)},
      {1, 2});
}

double loss_of(const Tensor& logits, const Window& window) {
  const SequenceOffsets whole(std::vector<Index>{logits.rows()});
  return segment_cross_entropy(Var(logits), whole, label_of(window), 2).value().item();
}

}  // namespace

AnsweringObjective::AnsweringObjective(BertForQuestionAnswering& model, AnsweringSet train, AnsweringSet validation)
    : LabelledObjective(model, std::move(train), std::move(validation)),
      may_be_absent_(std::ranges::any_of(train_.questions, [](const Question& q) { return q.answers.empty(); })) {}

LossBatch AnsweringObjective::batch(std::span<const Index> examples, std::uint32_t) const {
  const PackedSequences tokens = pack_members(train_.data.sequences, examples);
  std::vector<std::int32_t> labels;
  for (const Index i : examples) {
    const Window& window = train_.windows[static_cast<std::size_t>(i)];
    labels.push_back(static_cast<std::int32_t>(window.begin));
    labels.push_back(static_cast<std::int32_t>(window.end));
  }
  const auto count = static_cast<Index>(examples.size());
  const Tensor ends = Tensor::from(labels, {count, 2});
  return {tokens.ids.size(),
          {static_cast<double>(count)},
          [this, tokens, ends](std::span<const double> divisors, Mode& mode) {
            return model_.loss(tokens, ends, divisors[0], mode);
          }};
}

Evaluation AnsweringObjective::evaluate() const {
  const NoGrad no_grad;
  const std::vector<Tensor> logits = window_logits(model_, validation_.data);
  double sum = 0;
  for (std::size_t w = 0; w < logits.size(); ++w) sum += loss_of(logits[w], validation_.windows[w]);
  std::vector<std::vector<std::string>> expected;
  std::vector<std::string> predicted;
  for (const auto& answers : best_answers(validation_, logits, {.may_be_absent = may_be_absent_})) {
    predicted.push_back(answers.front().answer);
  }
  for (const Question& question : validation_.questions) {
    auto& texts = expected.emplace_back();
    for (const Question::Answer& answer : question.answers) texts.push_back(answer.text);
  }
  return {.loss = sum / static_cast<double>(logits.size()), .metrics = answer_metrics(expected, predicted)};
}

LabelTable AnsweringObjective::label_table() const {
  const auto counts = [](const AnsweringSet& set) {
    const auto has_answer = [](const Question& question) { return !question.answers.empty(); };
    const auto answered = static_cast<Index>(std::ranges::count_if(set.questions, has_answer));
    return std::vector<Index>{answered, static_cast<Index>(set.questions.size()) - answered};
  };
  return {{"with an answer", "without one"}, counts(train_), counts(validation_)};
}

RunIdentity AnsweringObjective::identity() const {
  RunIdentity identity;
  identity.add("questions", train_.questions.size());
  identity.add_fingerprint("training_data", fingerprint(train_));
  identity.add_fingerprint("validation_data", fingerprint(validation_));
  return identity;
}

}  // namespace mini_bert
