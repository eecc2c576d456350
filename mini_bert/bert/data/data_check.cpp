#include "mini_bert/bert/data/data_check.h"

#include <algorithm>
#include <map>
#include <optional>

namespace mini_bert {
namespace {

constexpr Index most_bins = 10;

// The smallest width 1, 2, 5, 10, 20, 50 … with which lengths of 1 … longest need at most `most_bins` bins.
Index bin_width(Index longest) {
  for (Index power = 1;; power *= 10) {
    for (const Index factor : {1, 2, 5}) {
      if (factor * power * most_bins >= longest) return factor * power;
    }
  }
}

Lengths summary_of_lengths(const std::vector<Sequence>& sequences) {
  Lengths lengths;
  if (sequences.empty()) return lengths;
  std::vector<Index> sorted;
  for (const Sequence& sequence : sequences) sorted.push_back(static_cast<Index>(sequence.ids.size()));
  std::ranges::sort(sorted);
  const auto not_exceeded_by = [&](std::size_t tenths) { return sorted[(sorted.size() * tenths + 9) / 10 - 1]; };
  lengths = {sorted.front(), not_exceeded_by(5), not_exceeded_by(9), sorted.back(), {}};
  const Index width = bin_width(lengths.longest);
  for (Index from = 1; from <= lengths.longest; from += width) {
    const auto begin = std::ranges::lower_bound(sorted, from), end = std::ranges::lower_bound(sorted, from + width);
    lengths.histogram.push_back({from, from + width - 1, end - begin});
  }
  return lengths;
}

// Finds sequences by their tokens and token types. The types tell a pair from a single text with the same tokens.
class SeenSequences {
 public:
  // Returns the line of the first equal sequence. If there is none, adds this sequence.
  std::optional<std::size_t> find_or_add(const Sequence& sequence, std::size_t line) {
    const auto [found, is_new] = first_lines_.try_emplace({sequence.ids, sequence.type_ids}, line);
    return is_new ? std::nullopt : std::optional(found->second);
  }
  std::optional<std::size_t> find(const Sequence& sequence) const {
    const auto found = first_lines_.find({sequence.ids, sequence.type_ids});
    return found == first_lines_.end() ? std::nullopt : std::optional(found->second);
  }

 private:
  using Tokens = std::pair<std::vector<std::int32_t>, std::vector<std::int32_t>>;
  std::map<Tokens, std::size_t> first_lines_;
};

}  // namespace

DataCheck check_data(const Dataset& data) {
  DataCheck check{.lengths = summary_of_lengths(data.sequences), .unknown = {}, .repeats = {}};
  for (const auto& [text, count] : data.unknown_texts) {
    const auto line = data.unknown_lines.find(text);
    check.unknown.push_back({text, count, line == data.unknown_lines.end() ? 0 : line->second});
  }
  std::ranges::stable_sort(check.unknown, std::ranges::greater(), &UnknownText::count);
  SeenSequences seen;
  for (std::size_t i = 0; i < data.lines.size(); ++i) {
    const auto first = seen.find_or_add(data.sequences[i], data.lines[i]);
    if (first) check.repeats.push_back({data.lines[i], *first});
  }
  return check;
}

std::vector<Repeat> texts_in_both(const Dataset& training, const Dataset& validation) {
  SeenSequences seen;
  for (std::size_t i = 0; i < training.lines.size(); ++i) seen.find_or_add(training.sequences[i], training.lines[i]);
  std::vector<Repeat> both;
  for (std::size_t i = 0; i < validation.lines.size(); ++i) {
    if (const auto first = seen.find(validation.sequences[i])) both.push_back({validation.lines[i], *first});
  }
  return both;
}

}  // namespace mini_bert
