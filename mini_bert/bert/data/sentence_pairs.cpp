#include "mini_bert/bert/data/sentence_pairs.h"

#include <algorithm>
#include <numeric>
#include <span>
#include <utility>

#include "mini_bert/base/utf8.h"
#include "mini_bert/bert/data/record_reader.h"
#include "mini_bert/bert/data/sample_reader.h"

namespace mini_bert {
namespace {

using Ids = std::vector<std::int32_t>;

bool is_any_of(char32_t c, std::u32string_view set) {
  return set.find(c) != std::u32string_view::npos;
}

void add_sentence(std::string_view text, Document& document) {
  if (!is_blank(text)) document.emplace_back(text);
}

void read_lines_as_sentences(const DataSource& source, DocumentFile& file) {
  std::size_t sentences = 0;
  file.documents.resize(1);
  const RecordSink read = [&](Record& record) {
    std::string& line = record.fields[0].value;
    if (!is_blank(line)) {
      file.documents.back().push_back(std::move(line));
      ++sentences;
    } else if (!file.documents.back().empty()) {
      file.documents.emplace_back();
    }
  };
  read_records(source, read, [&](const Error& error, std::size_t /*line*/) { file.dropped.add_bad(error); });
  file.dropped.check(sentences);
  if (file.documents.back().empty()) file.documents.pop_back();
}

Ids joined(std::span<const Ids> sentences) {
  Ids ids;
  for (const Ids& sentence : sentences) ids.insert(ids.end(), sentence.begin(), sentence.end());
  return ids;
}

void cut_to(std::size_t length, Ids& a, Ids& b, RandomSequence& random) {
  while (a.size() + b.size() > length) {
    Ids& longer = a.size() > b.size() ? a : b;
    longer.erase(random.uniform() < 0.5f ? longer.begin() : longer.end() - 1);
  }
}

// Draws a chunk of any document except `document`.
const Chunk& other_chunk(const PairSet& set, std::size_t document, RandomSequence& random) {
  const auto is_before = [](const Chunk& chunk, std::size_t d) { return chunk.document < d; };
  const auto first = std::lower_bound(set.chunks.begin(), set.chunks.end(), document, is_before);
  const auto last = std::lower_bound(first, set.chunks.end(), document + 1, is_before);
  const auto own = last - first;
  auto chosen = static_cast<std::ptrdiff_t>(
      random.below(static_cast<std::uint32_t>(static_cast<std::ptrdiff_t>(set.chunks.size()) - own)));
  if (chosen >= first - set.chunks.begin()) chosen += own;
  return set.chunks[static_cast<std::size_t>(chosen)];
}

}  // namespace

Document split_sentences(std::string_view text) {
  Document sentences;
  std::size_t begin = 0;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = read_code_point(text, at);
    const std::size_t next = at + std::max(point.length, 1u);
    const CodePoint after = next < text.size() ? read_code_point(text, next) : CodePoint{};
    const bool at_end = next >= text.size();
    // A full stop inside 3.14 or a.b does not end a sentence.
    const bool latin_end = is_any_of(point.value, U".!?") && (at_end || is_any_of(after.value, U" \t\r\n\"')”’"));
    const bool ends = point.value == U'\n' || is_any_of(point.value, U"。！？…") || latin_end;
    at = next;
    if (!ends) continue;
    while (at < text.size()) {
      const CodePoint closing = read_code_point(text, at);
      if (!is_any_of(closing.value, U"。！？….!?\"')”’」』）》")) break;
      at += closing.length;
    }
    add_sentence(text.substr(begin, at - begin), sentences);
    begin = at;
  }
  add_sentence(text.substr(begin), sentences);
  return sentences;
}

DocumentFile read_documents(const DataSource& source, const std::string& text_column,
                            const std::optional<TextColumns>& decided) {
  DocumentFile file;
  if (data_extension(source) == ".txt") {
    read_lines_as_sentences(source, file);
  } else {
    SampleFile texts = read_samples(source, {.text_column = text_column, .decided = decided, .mask_spans = true});
    for (const Sample& sample : texts.samples) {
      require(
          sample.mask.empty(),
          "{}: line {}: \"mask\" chooses spans, which goes with masked words alone: pairs of sentences are drawn and "
          "cut anew in every epoch; name words with `mask_words` instead",
          source.name(), sample.line);
      file.documents.push_back(split_sentences(sample.text));
    }
    file.columns = texts.columns;
    file.dropped = std::move(texts.dropped);
  }
  require(!file.documents.empty(), "{}: no text in it; add at least two documents", source.name());
  return file;
}

PairSet make_pair_set(const std::vector<Document>& documents, const Tokenizer& tokenizer, Index max_length) {
  PairSet set;
  const auto room = static_cast<std::size_t>(max_length - 3);
  const auto add_chunk = [&](Chunk chunk) {
    Ids ids = joined(chunk.sentences);
    if (ids.size() > room) ++set.data.truncated;
    ids.resize(std::min(ids.size(), room));
    ids.insert(ids.begin(), tokenizer.cls_id());
    ids.push_back(tokenizer.sep_id());
    set.data.tokens += static_cast<Index>(ids.size());
    set.data.sequences.push_back({ids, Ids(ids.size(), 0)});
    set.chunks.push_back(std::move(chunk));
  };
  for (std::size_t d = 0; d < documents.size(); ++d) {
    Chunk chunk{d, {}};
    std::size_t length = 0;
    for (const std::string& sentence : documents[d]) {
      Encoding encoding = tokenizer.encode(sentence, {.add_special_tokens = false});
      if (encoding.ids.empty()) continue;
      set.data.unknown += std::ranges::count(encoding.ids, tokenizer.unk_id());
      if (!chunk.sentences.empty() && length + encoding.ids.size() > room) {
        add_chunk(std::exchange(chunk, Chunk{d, {}}));
        length = 0;
      }
      length += encoding.ids.size();
      chunk.sentences.push_back(std::move(encoding.ids));
    }
    if (!chunk.sentences.empty()) add_chunk(std::move(chunk));
    ++set.data.texts;
  }
  return set;
}

SentencePair draw_pair(const PairSet& set, Index index, const Tokenizer& tokenizer, Index max_length,
                       const RandomKey& key) {
  RandomSequence random(key);
  const Chunk& chunk = set.chunks[static_cast<std::size_t>(index)];
  const std::span<const Ids> sentences = chunk.sentences;
  const auto room = static_cast<std::size_t>(max_length - 3);
  const std::size_t first =
      sentences.size() < 2 ? 1 : 1 + random.below(static_cast<std::uint32_t>(sentences.size() - 1));
  const bool is_random = random.uniform() < 0.5f || first == sentences.size();
  Ids a = joined(sentences.first(first)), b;
  if (is_random) {
    b = joined(other_chunk(set, chunk.document, random).sentences);
    b.resize(std::min(b.size(), room > a.size() ? room - a.size() : 1));
  } else {
    b = joined(sentences.subspan(first));
  }
  cut_to(room, a, b, random);
  Sequence sequence{{tokenizer.cls_id()}, {}};
  sequence.ids.insert(sequence.ids.end(), a.begin(), a.end());
  sequence.ids.push_back(tokenizer.sep_id());
  sequence.type_ids.assign(sequence.ids.size(), 0);
  sequence.ids.insert(sequence.ids.end(), b.begin(), b.end());
  sequence.ids.push_back(tokenizer.sep_id());
  sequence.type_ids.resize(sequence.ids.size(), tokenizer.options().uses_type_ids ? 1 : 0);
  return {std::move(sequence), is_random};
}

std::vector<Index> longest_pairs(const PairSet& set, Index max_length) {
  const auto size_of = [](std::span<const Ids> sentences) {
    return std::accumulate(sentences.begin(), sentences.end(), std::size_t{0},
                           [](std::size_t sum, const Ids& ids) { return sum + ids.size(); });
  };
  std::size_t longest_chunk = 0;
  for (const Chunk& chunk : set.chunks) longest_chunk = std::max(longest_chunk, size_of(chunk.sentences));
  std::vector<Index> lengths;
  for (const Chunk& chunk : set.chunks) {
    // If B is random, A is at most all sentences but the last, or the only sentence, and B is at most the longest
    // chunk.
    const std::span<const Ids> sentences = chunk.sentences;
    const std::size_t a = size_of(sentences.first(std::max<std::size_t>(sentences.size() - 1, 1)));
    const std::size_t both = std::max(size_of(sentences), a + longest_chunk);
    lengths.push_back(std::min(static_cast<Index>(both) + 3, max_length));
  }
  return lengths;
}

}  // namespace mini_bert
