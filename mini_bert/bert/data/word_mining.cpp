#include "mini_bert/bert/data/word_mining.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string_view>
#include <unordered_map>

#include "mini_bert/tokenizer/unicode.h"

namespace mini_bert {
namespace {

// Token ids are stored as the characters of strings, because the standard library can hash strings.
using Text = std::u32string;
using TextView = std::u32string_view;
using Counts = std::unordered_map<Text, Index>;

bool is_chinese_character(const std::string& token) {
  const CodePoint first = read_code_point(token, 0);
  return first.length > 0 && first.length == token.size() && is_cjk(first.value, true);
}

// The runs of Chinese characters, and the total number of characters.
struct Corpus {
  std::vector<Text> runs;
  Index characters = 0;
};

Corpus chinese_runs(std::span<const Sequence> sequences, const Tokenizer& tokenizer) {
  std::vector<bool> is_chinese;
  for (const std::string& token : tokenizer.vocabulary().tokens()) is_chinese.push_back(is_chinese_character(token));
  Corpus corpus;
  for (const Sequence& sequence : sequences) {
    bool inside = false;
    for (const std::int32_t id : sequence.ids) {
      const bool chinese = is_chinese[static_cast<std::size_t>(id)];
      if (chinese && !inside) corpus.runs.emplace_back();
      if (chinese) corpus.runs.back() += static_cast<char32_t>(id);
      corpus.characters += chinese;
      inside = chinese;
    }
  }
  return corpus;
}

template <class F>
void for_each_piece(const Corpus& corpus, std::size_t length, const F& f) {
  for (const Text& run : corpus.runs) {
    for (std::size_t i = 0; i + length <= run.size(); ++i) f(TextView(run), i, Text(run, i, length));
  }
}

// counts[n − 1] has the counts of pieces of n characters. A piece can only be frequent if both pieces of n − 1
// characters inside it are frequent. So rare pieces are never extended, and memory holds little more than the frequent
// pieces.
std::vector<Counts> count_pieces(const Corpus& corpus, const MiningOptions& options) {
  std::vector<Counts> counts(options.longest);
  for (std::size_t n = 1; n <= options.longest; ++n) {
    for_each_piece(corpus, n, [&](TextView, std::size_t, const Text& piece) {
      const bool worth =
          n == 1 || (counts[n - 2].contains(piece.substr(1)) && counts[n - 2].contains(piece.substr(0, n - 1)));
      if (worth) ++counts[n - 1][piece];
    });
    std::erase_if(counts[n - 1], [&](const auto& entry) { return entry.second < options.least_count; });
  }
  return counts;
}

double cohesion(const Text& word, const std::vector<Counts>& counts, Index characters) {
  const auto p = [&](const Text& piece) {
    return static_cast<double>(counts[piece.size() - 1].at(piece)) / static_cast<double>(characters);
  };
  const double whole = p(word);
  double weakest = 1;
  for (std::size_t i = 1; i < word.size(); ++i) {
    const double information = std::log(whole / (p(word.substr(0, i)) * p(word.substr(i))));
    weakest = std::min(weakest, information / -std::log(whole));
  }
  return weakest;
}

// The characters beside a word on one side. 0 stands for the end of a run; each end counts as a distinct neighbour.
class Neighbours {
 public:
  void add(char32_t c) { ++counts_[c]; }
  double entropy(Index total) const {
    double sum = 0;
    const auto n = static_cast<double>(total);
    for (const auto& [c, count] : counts_) {
      const double q = (c == 0 ? 1 : static_cast<double>(count)) / n;
      sum -= (c == 0 ? static_cast<double>(count) : 1) * q * std::log(q);
    }
    return sum;
  }

 private:
  std::map<char32_t, Index> counts_;
};

}  // namespace

std::vector<MinedWord> mine_words(std::span<const Sequence> sequences, const Tokenizer& tokenizer,
                                  const MiningOptions& options) {
  const Corpus corpus = chinese_runs(sequences, tokenizer);
  const std::vector<Counts> counts = count_pieces(corpus, options);
  std::vector<MinedWord> words;
  for (std::size_t n = 2; n <= options.longest; ++n) {
    std::unordered_map<Text, std::pair<Neighbours, Neighbours>> beside;
    for (const auto& [piece, count] : counts[n - 1]) {
      if (cohesion(piece, counts, corpus.characters) >= options.least_cohesion) beside.try_emplace(piece);
    }
    for_each_piece(corpus, n, [&](TextView run, std::size_t i, const Text& piece) {
      const auto found = beside.find(piece);
      if (found == beside.end()) return;
      found->second.first.add(i == 0 ? 0 : run[i - 1]);
      found->second.second.add(i + n == run.size() ? 0 : run[i + n]);
    });
    for (const auto& [piece, sides] : beside) {
      const Index count = counts[n - 1].at(piece);
      const double entropy = std::min(sides.first.entropy(count), sides.second.entropy(count));
      if (entropy < options.least_entropy) continue;
      MinedWord word{{piece.begin(), piece.end()}, "", count, cohesion(piece, counts, corpus.characters), entropy};
      for (const std::int32_t id : word.ids) word.text += tokenizer.vocabulary().token(id);
      words.push_back(std::move(word));
    }
  }
  std::ranges::sort(words, [](const MinedWord& a, const MinedWord& b) {
    return a.count != b.count ? a.count > b.count : a.ids < b.ids;
  });
  return words;
}

}  // namespace mini_bert
