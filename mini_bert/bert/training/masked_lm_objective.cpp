#include "mini_bert/bert/training/masked_lm_objective.h"

#include <algorithm>
#include <numeric>

#include "mini_bert/autograd/tape.h"
#include "mini_bert/bert/training/sampler.h"

namespace mini_bert {
namespace {

// Without this check, a run whose vocabulary belongs to another language would train for hours without a masked token.
void require_something_to_mask(const Dataset& dataset, const Tokenizer& tokenizer, const char* which) {
  const auto is_ordinary = [&](std::int32_t id) { return !tokenizer.is_special(id); };
  require(
      dataset.sequences.empty() ||
          std::ranges::any_of(dataset.sequences,
                              [&](const Sequence& sequence) { return std::ranges::any_of(sequence.ids, is_ordinary); }),
      "none of the {} {} texts has a token to mask, {} of their tokens are unknown; is this the vocabulary of their "
      "language?",
      dataset.sequences.size(), which, dataset.unknown);
}

// The same check for masking rules that choose no token and leave nothing to chance.
void require_something_guessed(const Dataset& dataset, const Masker& masker, const char* which) {
  const auto count = static_cast<Index>(dataset.sequences.size());
  require(
      count == 0 || masker.census(dataset.sequences).silent < count,
      "in none of the {} {} texts anything is to be guessed: no chosen span or word is in them and nothing is left to "
      "the dice; name others, or a mask probability above 0",
      count, which);
}

std::uint64_t fingerprint(const Dataset& data) {
  Fingerprint fingerprint;
  for (const Sequence& sequence : data.sequences) add_sequence(sequence, fingerprint);
  return fingerprint.value();
}

}  // namespace

MaskedLmObjective::MaskedLmObjective(BertForMaskedLM& model, const Tokenizer& tokenizer,
                                     const TrainingArguments& arguments, TrainingData data)
    : model_(model),
      tokenizer_(tokenizer),
      arguments_(arguments),
      data_(std::move(data)),
      masker_(tokenizer, arguments.mask_probability, data_.masking) {
  require_something_to_mask(data_.train, tokenizer, "training");
  require_something_to_mask(data_.validation, tokenizer, "validation");
  require_something_guessed(data_.train, masker_, "training");
  require_something_guessed(data_.validation, masker_, "validation");
  for (const std::string& probe : data_.probes) {
    probes_.push_back(read_probe(probe, tokenizer, model.config().max_position_embeddings));
  }
  std::vector<Index> order(data_.validation.sequences.size());
  std::iota(order.begin(), order.end(), Index{0});
  const std::vector<Index> offsets = cut_into_batches(lengths_of(data_.validation.sequences), arguments, "validation");
  for (std::size_t b = 0; b + 1 < offsets.size(); ++b) {
    const std::span<const Index> members(order.begin() + offsets[b], order.begin() + offsets[b + 1]);
    validation_.push_back(mask(data_.validation.sequences, members, validation_epoch));
  }
}

MaskedBatch MaskedLmObjective::mask(const std::vector<Sequence>& sequences, std::span<const Index> members,
                                    std::uint32_t epoch) const {
  std::vector<Sequence> chosen;
  std::vector<RandomKey> keys;
  for (const Index i : members) {
    chosen.push_back(sequences[i]);
    keys.push_back(
        {.seed = seed_for(arguments_.seed, "masks"), .step = epoch, .stream = static_cast<std::uint32_t>(i)});
  }
  return masker_.mask(std::move(chosen), keys);
}

MaskedBatch MaskedLmObjective::masked(std::span<const Index> examples, std::uint32_t epoch) const {
  return mask(data_.train.sequences, examples, epoch);
}

LossBatch MaskedLmObjective::batch(std::span<const Index> examples, std::uint32_t epoch) const {
  const MaskedBatch batch = masked(examples, epoch);
  return {
      batch.tokens.ids.size(),
      {static_cast<double>(batch.masked())},
      [this, batch](std::span<const double> divisors, Mode& mode) { return model_.loss(batch, divisors[0], mode); }};
}

Evaluation MaskedLmObjective::evaluate() const {
  const NoGrad no_grad;
  double sum = 0;
  Index masked = 0;
  for (const MaskedBatch& batch : validation_) {
    Mode mode = Mode::inference();
    sum += model_.loss(batch, 1, mode).value().item();
    masked += batch.masked();
  }
  return {.loss = sum / static_cast<double>(masked)};
}

std::vector<ProbeRow> MaskedLmObjective::ask_probes() const {
  std::vector<ProbeRow> rows;
  for (const Probe& probe : probes_) rows.push_back(ask_probe(probe, model_, tokenizer_));
  return rows;
}

std::optional<GuardRow> MaskedLmObjective::score_guard() const {
  if (data_.guard.blanks.empty()) return std::nullopt;
  const NoGrad no_grad;
  return mini_bert::score_guard(data_.guard, [this](const PackedSequences& tokens, const Tensor& rows) {
    Mode mode = Mode::inference();
    return model_.logits(tokens, rows, mode).value();
  });
}

RunIdentity MaskedLmObjective::identity() const {
  RunIdentity identity = masker_.identity();
  identity.add_fingerprint("training_data", fingerprint(data_.train));
  identity.add_fingerprint("validation_data", fingerprint(data_.validation));
  return identity;
}

}  // namespace mini_bert
