#include "mini_bert/bert/training/pretraining_objective.h"

#include <algorithm>
#include <cmath>

#include "mini_bert/autograd/ops/cross_entropy.h"
#include "mini_bert/autograd/tape.h"
#include "mini_bert/bert/data/batches.h"

namespace mini_bert {
namespace {

std::uint64_t fingerprint(const PairSet& set) {
  Fingerprint fingerprint;
  for (std::size_t i = 0; i < set.chunks.size(); ++i) {
    fingerprint.add(set.chunks[i].document);
    add_sequence(set.data.sequences[i], fingerprint);
  }
  return fingerprint.value();
}

void require_two_documents(const PairSet& set, const char* which) {
  require(
      set.chunks.empty() || set.chunks.front().document != set.chunks.back().document,
      "all {} sentences are of one document, expected two at least, from which wrong next sentences are taken; in a "
      ".txt file an empty line ends a document",
      which);
}

Index count_right(const Tensor& logits, const Tensor& is_random) {
  Index right = 0;
  for (Index b = 0; b < is_random.size(); ++b) {
    const float* const z = logits.data<float>() + 2 * b;
    right += (z[1] > z[0]) == (is_random.data<std::int32_t>()[b] == 1);
  }
  return right;
}

}  // namespace

PretrainingObjective::PretrainingObjective(BertForPreTraining& model, const Tokenizer& tokenizer,
                                           const TrainingArguments& arguments, Index max_length, PairSet train,
                                           PairSet validation, MaskingRules masking, Guard guard)
    : model_(model),
      tokenizer_(tokenizer),
      arguments_(arguments),
      max_length_(max_length),
      masker_(tokenizer, arguments.mask_probability, std::move(masking)),
      train_(std::move(train)),
      validation_(std::move(validation)),
      guard_(std::move(guard)) {
  require_two_documents(train_, "training");
  require_two_documents(validation_, "validation");
}

PretrainingObjective::PairBatch PretrainingObjective::draw(const PairSet& set, std::span<const Index> members,
                                                           std::uint32_t epoch) const {
  std::vector<Sequence> sequences;
  std::vector<RandomKey> keys;
  std::vector<std::int32_t> is_random;
  for (const Index i : members) {
    const RandomKey key{
        .seed = seed_for(arguments_.seed, "pairs"), .step = epoch, .stream = static_cast<std::uint32_t>(i)};
    SentencePair pair = draw_pair(set, i, tokenizer_, max_length_, key);
    sequences.push_back(std::move(pair.sequence));
    is_random.push_back(pair.is_random);
    keys.push_back(
        {.seed = seed_for(arguments_.seed, "masks"), .step = epoch, .stream = static_cast<std::uint32_t>(i)});
  }
  return {masker_.mask(std::move(sequences), keys), Tensor::from(is_random)};
}

LossBatch PretrainingObjective::batch(std::span<const Index> examples, std::uint32_t epoch) const {
  const PairBatch pairs = draw(train_, examples, epoch);
  return {pairs.masked.tokens.ids.size(),
          {static_cast<double>(pairs.masked.masked()), static_cast<double>(pairs.is_random.size())},
          [this, pairs](std::span<const double> divisors, Mode& mode) {
            return model_.loss(pairs.masked, pairs.is_random, divisors[0], divisors[1], mode);
          }};
}

Evaluation PretrainingObjective::evaluate() const {
  const NoGrad no_grad;
  double word_loss = 0, sentence_loss = 0;
  Index masked = 0, sentences = 0, right = 0;
  for (const std::vector<Index>& members : batches_by_length(validation_.data.sequences)) {
    const PairBatch pairs = draw(validation_, members, validation_epoch);
    Mode mode = Mode::inference();
    const auto logits = model_.logits(pairs.masked.tokens, pairs.masked.masked_rows, mode);
    word_loss += cross_entropy(logits.words, pairs.masked.labels, 1).value().item();
    sentence_loss += cross_entropy(logits.next_sentence, pairs.is_random, 1).value().item();
    masked += pairs.masked.masked();
    sentences += pairs.is_random.size();
    right += count_right(logits.next_sentence.value(), pairs.is_random);
  }
  word_loss /= std::max(static_cast<double>(masked), 1.0);
  sentence_loss /= static_cast<double>(sentences);
  return {.loss = word_loss + sentence_loss,
          .metrics = {{"masked_loss", word_loss},
                      {"next_sentence_loss", sentence_loss},
                      {"next_sentence_accuracy", static_cast<double>(right) / static_cast<double>(sentences)}}};
}

std::optional<GuardRow> PretrainingObjective::score_guard() const {
  if (guard_.blanks.empty()) return std::nullopt;
  const NoGrad no_grad;
  return mini_bert::score_guard(guard_, [this](const PackedSequences& tokens, const Tensor& rows) {
    Mode mode = Mode::inference();
    return model_.logits(tokens, rows, mode).words.value();
  });
}

RunIdentity PretrainingObjective::identity() const {
  RunIdentity identity = masker_.identity();
  identity.add("max_length", max_length_);
  identity.add_fingerprint("training_data", fingerprint(train_));
  identity.add_fingerprint("validation_data", fingerprint(validation_));
  return identity;
}

}  // namespace mini_bert
