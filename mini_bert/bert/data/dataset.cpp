#include "mini_bert/bert/data/dataset.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include "mini_bert/bert/data/encode_batch.h"
#include "mini_bert/bert/data/mask_spans.h"
#include "mini_bert/bert/longest_sequence.h"

namespace mini_bert {
namespace {

// Counts the pieces of text that became [UNK].
void count_unknown(const Encoding& encoding, std::string_view text, std::string_view pair, std::int32_t unk_id,
                   std::size_t line, Dataset& dataset) {
  for (std::size_t i = 0; i < encoding.ids.size(); ++i) {
    if (encoding.ids[i] != unk_id) continue;
    const TextRange range = encoding.offsets[i];
    const std::string_view source = encoding.type_ids[i] == 0 ? text : pair;
    add_unknown(source.substr(range.begin, range.end - range.begin), line, dataset);
  }
}

// Keeps the last tokens of a text, behind [CLS] if it has one.
void keep_end(Encoding& encoding, Index max_length, const Tokenizer& tokenizer) {
  const auto size = static_cast<Index>(encoding.size());
  const Index first = tokenizer.options().adds_special_tokens ? 1 : 0;
  const auto erase = [&](auto& list) { list.erase(list.begin() + first, list.begin() + first + size - max_length); };
  erase(encoding.ids);
  erase(encoding.type_ids);
  erase(encoding.offsets);
  erase(encoding.word_ids);
  erase(encoding.special);
}

void add_sequence(std::vector<std::int32_t> ids, std::vector<MaskRule> rules, Dataset& dataset) {
  dataset.tokens += static_cast<Index>(ids.size());
  std::vector<std::int32_t> type_ids(ids.size(), 0);
  const bool dice_alone = std::ranges::all_of(rules, [](MaskRule rule) { return rule == MaskRule::dice; });
  if (dice_alone) rules.clear();
  dataset.sequences.push_back({std::move(ids), std::move(type_ids), std::move(rules)});
}

// Texts joined end to end, with [SEP] between them where the tokenizer adds special tokens.
struct Stream {
  std::optional<std::int32_t> separator = std::nullopt;
  std::vector<std::int32_t> ids = {};
  std::vector<MaskRule> rules = {};  // one per token

  void add(const std::vector<std::int32_t>& text, std::vector<MaskRule> text_rules) {
    if (separator && !ids.empty()) ids.push_back(*separator);
    rules.resize(ids.size(), MaskRule::dice);
    text_rules.resize(text.size(), MaskRule::dice);
    ids.insert(ids.end(), text.begin(), text.end());
    rules.insert(rules.end(), text_rules.begin(), text_rules.end());
  }
};

// Cuts the joined texts into blocks of max_length tokens: [CLS] … [SEP], or the texts alone where the tokenizer does
// not frame a text.
void add_blocks(const Stream& stream, const Tokenizer& tokenizer, Index max_length, Dataset& dataset) {
  const bool is_framed = tokenizer.options().adds_special_tokens;
  const auto inner = static_cast<std::size_t>(is_framed ? max_length - 2 : max_length);
  for (std::size_t begin = 0; begin == 0 || begin + inner <= stream.ids.size(); begin += inner) {
    const auto from = static_cast<std::ptrdiff_t>(begin);
    const auto to = static_cast<std::ptrdiff_t>(std::min(begin + inner, stream.ids.size()));
    std::vector ids(stream.ids.begin() + from, stream.ids.begin() + to);
    std::vector rules(stream.rules.begin() + from, stream.rules.begin() + to);
    if (is_framed) {
      ids.insert(ids.begin(), tokenizer.cls_id());
      ids.push_back(tokenizer.sep_id());
      rules.insert(rules.begin(), MaskRule::dice);
      rules.push_back(MaskRule::dice);
    }
    add_sequence(std::move(ids), std::move(rules), dataset);
  }
}

}  // namespace

Dataset make_dataset(std::span<const Sample> samples, const Tokenizer& tokenizer, Index max_length, Layout layout) {
  require(max_length >= 3, "`max_length` must leave room for a token between [CLS] and [SEP], got {}", max_length);
  const bool packed = layout == Layout::packed;
  Dataset dataset;
  Stream stream;
  if (tokenizer.options().adds_special_tokens) stream.separator = tokenizer.sep_id();
  // Texts are encoded a few thousand at a time, because the offsets of an encoding take three times the memory of the
  // ids that are kept. Each group is encoded on all threads.
  constexpr std::size_t at_a_time = 4096;
  for (std::size_t done = 0; done < samples.size(); done += at_a_time) {
    std::vector<std::string_view> texts;
    for (const Sample& sample : samples.subspan(done, std::min(at_a_time, samples.size() - done))) {
      texts.push_back(sample.text);
    }
    std::vector<Encoding> encodings = encode_batch(texts, tokenizer, {.add_special_tokens = !packed});
    for (std::size_t i = 0; i < texts.size(); ++i) {
      Encoding& encoding = encodings[i];
      ++dataset.texts;
      count_unknown(encoding, texts[i], {}, tokenizer.unk_id(), samples[done + i].line, dataset);
      dataset.longest = std::max(dataset.longest, static_cast<Index>(encoding.size()));
      const std::span<const TextRange> spans = samples[done + i].mask;
      bool is_cut = !packed && encoding.size() > max_length;
      if (is_cut && tokenizer.options().truncation_side == Side::left) {
        keep_end(encoding, max_length, tokenizer);
        ++dataset.truncated;
        is_cut = false;
      }
      const std::size_t left = is_cut ? static_cast<std::size_t>(max_length) - 1 : encoding.ids.size();
      std::vector<MaskRule> rules = mask_rules(encoding, texts[i], spans);
      dataset.spans += static_cast<Index>(spans.size());
      dataset.lost_spans += count_lost_spans(encoding, texts[i], spans, left, tokenizer);
      if (packed) {
        stream.add(encoding.ids, std::move(rules));
        continue;
      }
      if (is_cut) {
        ++dataset.truncated;
        encoding.ids.resize(static_cast<std::size_t>(max_length));
        const bool ends_with_sep = tokenizer.options().adds_special_tokens;
        if (ends_with_sep) encoding.ids.back() = tokenizer.sep_id();
        if (!rules.empty()) {
          rules.resize(encoding.ids.size());
          if (ends_with_sep) rules.back() = MaskRule::never;
        }
      }
      add_sequence(std::move(encoding.ids), std::move(rules), dataset);
      dataset.lines.push_back(samples[done + i].line);
    }
  }
  if (!stream.ids.empty()) add_blocks(stream, tokenizer, max_length, dataset);
  return dataset;
}

void add_text(std::string_view text, std::string_view pair, const Tokenizer& tokenizer, Index max_length,
              Dataset& dataset, std::size_t line) {
  const EncodeOptions options = cut_to(max_length);
  Encoding encoding = pair.empty() ? tokenizer.encode(text, options) : tokenizer.encode_pair(text, pair, options);
  ++dataset.texts;
  Index whole = encoding.size();
  if (!encoding.overflow.empty()) {
    ++dataset.truncated;
    whole = pair.empty() ? tokenizer.encode(text).size() : tokenizer.encode_pair(text, pair).size();
  }
  dataset.longest = std::max(dataset.longest, whole);
  count_unknown(encoding, text, pair, tokenizer.unk_id(), line, dataset);
  dataset.tokens += encoding.size();
  dataset.lines.push_back(line);
  dataset.sequences.push_back(sequence_of(encoding, tokenizer));
}

Sequence sequence_of(const Encoding& encoding, const Tokenizer& tokenizer) {
  if (tokenizer.options().uses_type_ids) return {encoding.ids, encoding.type_ids};
  return {encoding.ids, std::vector<std::int32_t>(encoding.ids.size(), 0)};
}

void add_unknown(std::string_view text, std::size_t line, Dataset& dataset) {
  const std::string key(text);
  ++dataset.unknown;
  ++dataset.unknown_texts[key];
  dataset.unknown_lines.try_emplace(key, line);
}

}  // namespace mini_bert
