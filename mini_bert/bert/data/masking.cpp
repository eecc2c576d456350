#include "mini_bert/bert/data/masking.h"

#include <algorithm>

#include <fmt/core.h>

#include "mini_bert/base/argument_error.h"

namespace mini_bert {
namespace {

// Draws the number n of words of a span, 1 ≤ n ≤ most, with probability proportional to most + 1 − n.
Index draw_length(Index most, RandomSequence& random) {
  auto ticket = static_cast<Index>(random.below(static_cast<std::uint32_t>(most * (most + 1) / 2)));
  for (Index n = 1;; ++n) {
    const Index weight = most + 1 - n;
    if (ticket < weight) return n;
    ticket -= weight;
  }
}

// Draws how many words of a span are left, counting the current word, when the current word is a random word inside a
// span. P(r) is proportional to the probability of n ≥ r, which is proportional to (most + 1 − r)·(most + 2 − r) / 2.
Index draw_rest(Index most, RandomSequence& random) {
  auto ticket = static_cast<Index>(random.below(static_cast<std::uint32_t>(most * (most + 1) * (most + 2) / 6)));
  for (Index r = 1;; ++r) {
    const Index weight = (most + 1 - r) * (most + 2 - r) / 2;
    if (ticket < weight) return r;
    ticket -= weight;
  }
}

}  // namespace

RunIdentity MaskingRules::identity() const {
  RunIdentity identity;
  if (whole_words) identity.add_fingerprint("whole_words", whole_words->fingerprint());
  if (!always.empty()) identity.add_fingerprint("mask_words", always.fingerprint());
  if (ngram > 1) identity.add("ngram", ngram);
  return identity;
}

Masker::Masker(const Tokenizer& tokenizer, double probability, MaskingRules rules)
    : tokenizer_(tokenizer), probability_(probability), rules_(std::move(rules)) {
  require_argument(1 <= rules_.ngram && rules_.ngram <= 1000, "ngram", "is {}; expected 1 to 1000 words", rules_.ngram);
  const std::string& prefix = tokenizer.options().continuing_subword_prefix;
  for (const std::string& token : tokenizer.vocabulary().tokens()) {
    is_continuation_.push_back(token.size() > prefix.size() && token.starts_with(prefix));
  }
}

RunIdentity Masker::identity() const {
  RunIdentity identity;
  identity.add("mask_probability", probability_);
  identity.add_all(rules_.identity());
  return identity;
}

bool Masker::continues_word(const Sequence& sequence, std::size_t i) const {
  return i < sequence.ids.size() && is_continuation_[static_cast<std::size_t>(sequence.ids[i])];
}

// The rule for each token: `never` if the token is special, `always` if it belongs to a word that is always guessed and
// the data have no rule for it, and the rule of the data otherwise.
std::vector<MaskRule> Masker::rules_for(const Sequence& sequence) const {
  const std::span<const std::int32_t> ids = sequence.ids;
  std::vector<MaskRule> rules = sequence.mask_rules;
  rules.resize(ids.size(), MaskRule::dice);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (tokenizer_.is_special(ids[i])) rules[i] = MaskRule::never;
  }
  if (rules_.always.empty()) return rules;
  std::vector<MaskRule> with_words = rules;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (continues_word(sequence, i)) continue;
    for (const std::size_t length : rules_.always.lengths_at(ids.subspan(i))) {
      if (continues_word(sequence, i + length)) continue;
      for (std::size_t j = i; j < i + length; ++j) {
        if (rules[j] == MaskRule::dice) with_words[j] = MaskRule::always;
      }
    }
  }
  return with_words;
}

std::vector<Masker::Run> Masker::runs(const Sequence& sequence, std::span<const MaskRule> rules) const {
  const std::span<const std::int32_t> ids = sequence.ids;
  std::vector<Run> runs;
  for (std::size_t begin = 0; begin < ids.size();) {
    if (rules[begin] != MaskRule::dice) {
      ++begin;
      continue;
    }
    std::size_t end = begin + 1;
    while (end < ids.size() && rules[end] == MaskRule::dice) ++end;
    Run& run = runs.emplace_back();
    while (begin < end) {
      std::size_t next = begin + 1;
      if (rules_.whole_words) {
        while (next < end && continues_word(sequence, next)) ++next;
        for (const std::size_t length : rules_.whole_words->lengths_at(ids.subspan(begin, end - begin))) {
          if (!continues_word(sequence, begin + length)) next = std::max(next, begin + length);
        }
      }
      run.push_back({begin, next});
      begin = next;
    }
  }
  return runs;
}

std::vector<Masker::Unit> Masker::draw_units(std::span<const Run> runs, RandomSequence& random) const {
  std::vector<Unit> chosen;
  for (const Run& run : runs) {
    for (const Unit& unit : run) {
      if (random.uniform() < probability_) chosen.push_back(unit);
    }
  }
  return chosen;
}

// A run is a sequence of chosen spans and of single words that are not chosen. The draw begins as if at a random place
// of an endless run: with probability p this place is inside a span. So a word at the edge of a run is chosen as often
// as any other word.
std::vector<Masker::Unit> Masker::draw_spans(std::span<const Run> runs, RandomSequence& random) const {
  const double mean = static_cast<double>(rules_.ngram + 2) / 3;
  const double begins = probability_ / (mean * (1 - probability_) + probability_);
  std::vector<Unit> chosen;
  for (const Run& run : runs) {
    Index left = random.uniform() < probability_ ? draw_rest(rules_.ngram, random) : 0;
    for (std::size_t i = 0; i < run.size(); ++i) {
      if (i > 0 && left == 0 && random.uniform() < begins) left = draw_length(rules_.ngram, random);
      if (left == 0) continue;
      chosen.push_back(run[i]);
      --left;
    }
  }
  return chosen;
}

std::vector<std::size_t> Masker::choose(const Sequence& sequence, RandomSequence& random) const {
  const std::vector<MaskRule> rules = rules_for(sequence);
  const std::vector<Run> found = runs(sequence, rules);
  std::vector<Unit> units = rules_.ngram == 1 ? draw_units(found, random) : draw_spans(found, random);
  std::vector<std::size_t> chosen;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    if (rules[i] == MaskRule::always) chosen.push_back(i);
  }
  // A user who names words and sets the probability to 0 asks for these words only.
  const bool only_words = !rules_.always.empty() && probability_ == 0;
  if (units.empty() && chosen.empty() && !found.empty() && !only_words) {
    std::size_t count = 0;
    for (const Run& run : found) count += run.size();
    std::size_t pick = random.below(static_cast<std::uint32_t>(count));
    auto run = found.begin();
    for (; pick >= run->size(); ++run) pick -= run->size();
    units.push_back((*run)[pick]);
  }
  for (const Unit& unit : units) {
    for (std::size_t i = unit.begin; i < unit.end; ++i) chosen.push_back(i);
  }
  std::ranges::sort(chosen);
  return chosen;
}

MaskingCensus Masker::census(std::span<const Sequence> sequences) const {
  MaskingCensus census;
  for (const Sequence& sequence : sequences) {
    const std::vector<MaskRule> rules = rules_for(sequence);
    Index dice = 0, by_data = 0, by_word = 0;
    for (std::size_t i = 0; i < rules.size(); ++i) {
      dice += rules[i] == MaskRule::dice;
      const bool said = !sequence.mask_rules.empty() && sequence.mask_rules[i] == MaskRule::always;
      (said ? by_data : by_word) += rules[i] == MaskRule::always;
    }
    for (const Run& run : runs(sequence, rules)) {
      for (const Unit& unit : run) {
        if (unit.end - unit.begin > 1) census.in_words += static_cast<Index>(unit.end - unit.begin);
      }
    }
    census.candidates += dice + by_data + by_word;
    census.always_by_data += by_data;
    census.always_by_word += by_word;
    const bool dice_are_thrown = rules_.always.empty() || probability_ > 0;
    census.silent += by_data + by_word == 0 && (dice == 0 || !dice_are_thrown);
  }
  return census;
}

MaskedBatch Masker::mask(std::vector<Sequence> sequences, std::uint64_t seed, std::uint32_t step) const {
  std::vector<RandomKey> keys;
  for (std::uint32_t i = 0; i < sequences.size(); ++i) keys.push_back({.seed = seed, .step = step, .stream = i});
  return mask(std::move(sequences), keys);
}

MaskedBatch Masker::mask(std::vector<Sequence> sequences, std::span<const RandomKey> keys) const {
  std::vector<std::int32_t> rows, labels;
  std::size_t begin = 0;
  for (std::size_t s = 0; s < sequences.size(); ++s) {
    RandomSequence random(keys[s]);
    for (const std::size_t i : choose(sequences[s], random)) {
      std::int32_t& id = sequences[s].ids[i];
      rows.push_back(static_cast<std::int32_t>(begin + i));
      labels.push_back(id);
      const float draw = random.uniform();
      if (draw < 0.8f) {
        id = tokenizer_.mask_id();
      } else if (draw < 0.9f) {
        id = static_cast<std::int32_t>(random.below(static_cast<std::uint32_t>(tokenizer_.size_with_rows())));
      }
    }
    begin += sequences[s].ids.size();
  }
  return {pack(sequences), Tensor::from(rows), Tensor::from(labels)};
}

}  // namespace mini_bert
