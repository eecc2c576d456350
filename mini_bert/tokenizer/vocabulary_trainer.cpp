#include "mini_bert/tokenizer/vocabulary_trainer.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <queue>
#include <set>
#include <unordered_set>
#include <utility>

#include "mini_bert/base/error.h"

namespace mini_bert {
namespace {

// A word as the ids of its pieces, with the number of times it occurs.
struct CountedWord {
  std::vector<int32_t> pieces;
  int64_t count;
};

using Pair = std::pair<int32_t, int32_t>;

struct PairHash {
  size_t operator()(const Pair& pair) const {
    const uint64_t key = uint64_t{static_cast<uint32_t>(pair.first)} << 32 | static_cast<uint32_t>(pair.second);
    return static_cast<size_t>((key * 0x9E3779B97F4A7C15u) >> 20);
  }
};

// The number of times that two pieces are neighbours, and the words in which they are.
struct PairUse {
  int64_t count = 0;
  std::vector<uint32_t> words;  // may include words that have lost the pair
};

struct Candidate {
  int64_t count;
  Pair pair;
  bool operator<(const Candidate& other) const {  // "worse than", for the heap
    return count != other.count ? count < other.count : pair > other.pair;
  }
};

std::vector<char32_t> code_points(std::string_view text) {
  std::vector<char32_t> result;
  for (size_t i = 0; i < text.size();) {
    const auto [c, length] = read_code_point(text, i);
    result.push_back(c);
    i += length;
  }
  return result;
}

// The most frequent characters, sorted by code point.
std::set<char32_t> choose_alphabet(const WordCounter::Counts& words, size_t limit) {
  std::map<char32_t, uint64_t> counts;
  for (const auto& [word, count] : words) {
    for (const char32_t c : code_points(word)) counts[c] += count;
  }
  std::vector<std::pair<char32_t, uint64_t>> by_count(counts.begin(), counts.end());
  std::stable_sort(by_count.begin(), by_count.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  if (by_count.size() > limit) by_count.resize(limit);
  std::set<char32_t> alphabet;
  for (const auto& [c, count] : by_count) alphabet.insert(c);
  return alphabet;
}

class Trainer {
 public:
  explicit Trainer(const VocabularyTrainerOptions& options) : options_(options) {
    for (const std::string& token : options.special_tokens) vocabulary_.add(token);
  }

  Vocabulary train(const WordCounter::Counts& words) {
    split_into_characters(words);
    count_pairs();
    while (vocabulary_.size() < options_.size && !candidates_.empty()) {
      const Candidate best = candidates_.top();
      candidates_.pop();
      const int64_t count = pairs_[best.pair].count;
      if (count != best.count) {  // later joins made the pair rarer
        if (count > 0) candidates_.push({count, best.pair});
        continue;
      }
      if (count < 1 || static_cast<uint64_t>(count) < options_.min_frequency) break;
      join(best.pair);
    }
    return std::move(vocabulary_);
  }

 private:
  // Adds the characters and "##" characters to the vocabulary and spells every word with them. Leaves out characters
  // that are not in the alphabet.
  void split_into_characters(const WordCounter::Counts& words) {
    const auto alphabet = choose_alphabet(words, static_cast<size_t>(options_.limit_alphabet));
    std::set<char32_t> continuations;
    for (const char32_t c : alphabet) add_character("", c);
    for (const auto& [word, count] : words) {
      const auto characters = code_points(word);
      for (size_t i = 1; i < characters.size(); ++i) {
        if (alphabet.contains(characters[i])) continuations.insert(characters[i]);
      }
    }
    for (const char32_t c : continuations) add_character(options_.continuing_subword_prefix, c);
    for (const auto& [word, count] : words) {
      CountedWord spelled{{}, static_cast<int64_t>(count)};
      const auto characters = code_points(word);
      for (size_t i = 0; i < characters.size(); ++i) {
        if (!alphabet.contains(characters[i])) continue;
        spelled.pieces.push_back(add_character(i == 0 ? "" : options_.continuing_subword_prefix, characters[i]));
      }
      if (spelled.pieces.size() > 1) words_.push_back(std::move(spelled));
    }
  }

  int32_t add_character(std::string token, char32_t c) {
    append_utf8(token, c);
    return vocabulary_.add(token);
  }

  void count_pairs() {
    for (uint32_t w = 0; w < words_.size(); ++w) {
      for (size_t i = 0; i + 1 < words_[w].pieces.size(); ++i) {
        change({words_[w].pieces[i], words_[w].pieces[i + 1]}, words_[w].count, w);
      }
    }
    for (const auto& [pair, use] : pairs_) candidates_.push({use.count, pair});
    changed_.clear();
  }

  // Counts a pair that a word gained (count > 0) or lost (count < 0).
  void change(Pair pair, int64_t count, uint32_t word) {
    PairUse& use = pairs_[pair];
    use.count += count;
    if (count < 0) return;
    if (use.words.empty() || use.words.back() != word) use.words.push_back(word);
    changed_.insert(pair);
  }

  // Makes one token of a pair and replaces it in every word, left to right.
  void join(Pair pair) {
    std::string_view second = vocabulary_.token(pair.second);
    if (second.starts_with(options_.continuing_subword_prefix)) {
      second.remove_prefix(options_.continuing_subword_prefix.size());
    }
    const int32_t joined = vocabulary_.add(vocabulary_.token(pair.first) + std::string(second));
    // Moved out of the map, because changing counts may move its entries.
    const std::vector<uint32_t> where = std::exchange(pairs_[pair].words, {});
    for (const uint32_t word : where) join_in_word(word, pair, joined);
    pairs_[pair].count = 0;
    for (const Pair& neighbour : changed_) {
      const int64_t count = pairs_[neighbour].count;
      if (count > 0) candidates_.push({count, neighbour});
    }
    changed_.clear();
  }

  void join_in_word(uint32_t word, Pair pair, int32_t joined) {
    std::vector<int32_t>& pieces = words_[word].pieces;
    const int64_t count = words_[word].count;
    for (size_t i = 0; i + 1 < pieces.size(); ++i) {
      if (pieces[i] != pair.first || pieces[i + 1] != pair.second) continue;
      if (i > 0) {
        change({pieces[i - 1], pair.first}, -count, word);
        change({pieces[i - 1], joined}, count, word);
      }
      pieces[i] = joined;
      pieces.erase(pieces.begin() + static_cast<std::ptrdiff_t>(i) + 1);
      if (i + 1 < pieces.size()) {
        change({pair.second, pieces[i + 1]}, -count, word);
        change({joined, pieces[i + 1]}, count, word);
      }
    }
  }

  const VocabularyTrainerOptions& options_;
  Vocabulary vocabulary_;
  std::vector<CountedWord> words_;
  std::unordered_map<Pair, PairUse, PairHash> pairs_;
  std::priority_queue<Candidate> candidates_;
  std::unordered_set<Pair, PairHash> changed_;  // pairs that became more frequent since the last join
};

}  // namespace

Vocabulary train_vocabulary(const WordCounter::Counts& words, const VocabularyTrainerOptions& options) {
  if (options.size < 1 || options.limit_alphabet < 1) {
    fail("vocabulary: size is {}, limit_alphabet {}; expected both to be at least 1", options.size,
         options.limit_alphabet);
  }
  return Trainer(options).train(words);
}

Vocabulary train_vocabulary(const std::function<bool(std::string&)>& next_line, const VocabularyTrainerOptions& options,
                            const NormalizerOptions& normalizer) {
  WordCounter counter(normalizer);
  for (std::string line; next_line(line);) counter.add_line(line);
  return train_vocabulary(counter.counts(), options);
}

}  // namespace mini_bert
