#include "mini_bert/bert/data/tagged_texts.h"

#include <algorithm>
#include <optional>
#include <set>

#include "mini_bert/base/file_error.h"
#include "mini_bert/base/foreign_error.h"
#include "mini_bert/base/utf8.h"
#include "mini_bert/bert/data/data_text.h"
#include "mini_bert/bert/data/record_reader.h"
#include "mini_bert/bert/data/tag_formats.h"
#include "mini_bert/tensor/kernels/cross_entropy.h"

namespace mini_bert {
namespace {

using kernels::ignore_index;

TaggedFile read_tag_records(const DataSource& source, const TagColumns& columns) {
  TaggedFile file{.texts = {}, .columns = {}, .has_keys = true, .labels = {}, .dropped = {}};
  const std::string name = source.name();
  std::optional<TagColumns> decided;
  const BadRecordSink count_bad = [&](const Error& error, std::size_t /*line*/) { file.dropped.add_bad(error); };
  const RecordSink read = [&](Record& record) {
    try {
      unpack_annotations(record, name);
      const TagColumns of_record = decided ? *decided : decide_tag_columns(record, columns, name);
      TaggedText text = read_tag_record(record, of_record, name);
      decided = of_record;
      if (text.words.empty()) return file.dropped.add_blank(record.line);
      file.texts.push_back(std::move(text));
    } catch (const Error& error) {
      file.dropped.add_bad(error);
    }
  };
  read_records(source, read, count_bad);
  if (decided) file.columns = {.text = decided->words, .label = decided->tags};
  return file;
}

// A file whose lines are words with their tags, or texts with their tags.
TaggedFile read_tag_table(const DataSource& source, Faults faults) {
  return with_file_name(source.name(), [&] {
    const DataText file(source, IllFormed::kept);
    if (auto sentences = read_tag_sentences(file.text(), source.name(), faults)) return *std::move(sentences);
    return read_tag_lines(file.text(), source.name(), faults);
  });
}

bool is_json_file(const DataSource& source) {
  const std::string extension = data_extension(source);
  return extension == ".json" || extension == ".jsonl" || extension == ".ndjson";
}

// Reads the words of records, if the first record has words in place of a text.
std::optional<std::vector<TaggedText>> read_word_arrays(const DataSource& source, const std::string& named) {
  TaggedFile file;
  std::optional<std::string> column;
  const BadRecordSink keep_bad = [&](const Error& error, std::size_t line) {
    note_bad_text(error, line, Faults::kept, file);
  };
  const RecordSink read = [&](Record& record) {
    if (!column) column = words_column(record, named);
    if (column->empty()) return;
    try {
      file.texts.push_back({.words = words_of_record(record, *column, source.name()), .tags = {}, .line = record.line});
    } catch (const Error& error) {
      keep_bad(error, record.line);
    }
    file.texts.back().id = record.id();
  };
  read_records(source, read, keep_bad);
  if (!column || column->empty()) return std::nullopt;
  return std::move(file.texts);
}

// A model that cannot learn a tag cannot be measured on it.
void drop_unknown_tags(const std::string& path, const std::vector<std::string>& labels, TaggedFile& file) {
  std::erase_if(file.texts, [&](const TaggedText& text) {
    const auto unknown = std::ranges::find_if(
        text.tags, [&](const std::string& tag) { return std::ranges::find(labels, tag) == labels.end(); });
    if (unknown == text.tags.end()) return false;
    file.dropped.add_bad(Error(fmt::format("{}: text at line {}: tag {} is none of the {} labels of the model", path,
                                           text.line, in_quotes(*unknown), labels.size())));
    return true;
  });
}

// The number of bytes of the character in "科0" or "e12", which are a character and its position in a word; 0 if `word`
// has another form. The files have U+FFFD, once or twice, for a character that their maker could not write, for example
// an emoji.
std::size_t bytes_before_place(std::string_view word) {
  constexpr std::string_view replacement = "\uFFFD";
  std::size_t end = 0;
  while (word.substr(end).starts_with(replacement)) end += replacement.size();
  if (end == 0) end = read_code_point(word, 0).length;
  const std::string_view place = word.substr(end);
  const bool is_digits = std::ranges::all_of(place, [](char c) { return '0' <= c && c <= '9'; });
  const bool is_place = !place.empty() && place.size() <= 3 && is_digits && (place == "0" || place[0] != '0');
  return is_place ? end : 0;
}

void drop_places(std::vector<TaggedText>& texts) {
  const auto has_place = [](const std::string& word) { return bytes_before_place(word) > 0; };
  const bool all =
      std::ranges::all_of(texts, [&](const TaggedText& text) { return std::ranges::all_of(text.words, has_place); });
  if (!all) return;
  for (TaggedText& text : texts) {
    for (std::string& word : text.words) word.resize(bytes_before_place(word));
  }
}

}  // namespace

TaggedFile read_tagged_texts(const DataSource& source, const TagColumns& columns, const TaggedFile* training,
                             const std::vector<std::string>& known_labels) {
  const bool json = is_json_file(source);
  const bool same_keys = training != nullptr && training->has_keys;
  const TagColumns keys =
      same_keys ? TagColumns{.words = training->columns.text, .tags = training->columns.label} : columns;
  TaggedFile file = json ? read_tag_records(source, keys) : read_tag_table(source, Faults::counted);
  if (training != nullptr && !columns.is_training) {
    const bool keeps_labels = std::ranges::all_of(training->labels, [&](const std::string& label) {
      return std::ranges::find(known_labels, label) != known_labels.end();
    });
    drop_unknown_tags(source.name(), keeps_labels ? known_labels : training->labels, file);
  }
  file.dropped.check(file.texts.size());
  require(!file.texts.empty(), "{}: no text in it; add at least one with its tags", source.name());
  file.labels = distinct_tags(file.texts);
  drop_places(file.texts);
  return file;
}

std::optional<std::vector<TaggedText>> read_words(const DataSource& source, const std::string& words,
                                                  const std::vector<std::string>& labels) {
  if (is_json_file(source)) return read_word_arrays(source, words);
  const std::string extension = data_extension(source);
  if (extension == ".csv") return std::nullopt;
  const DataText file(source, IllFormed::kept);
  const bool may_hold_texts = extension == ".txt" || extension == ".tsv";
  std::optional<TaggedFile> tagged = read_tag_sentences(file.text(), source.name(), Faults::kept);
  if (tagged) {
    const auto has_tags = [&](const TaggedText& text) {
      return std::ranges::all_of(text.tags, [&](const std::string& tag) { return is_tag(tag, labels); });
    };
    if (may_hold_texts && !std::ranges::all_of(tagged->texts, has_tags)) return std::nullopt;
  } else if (!may_hold_texts || holds_tag_lines(file.text(), labels)) {
    tagged = read_tag_lines(file.text(), source.name(), Faults::kept);
  } else {
    return std::nullopt;
  }
  drop_places(tagged->texts);
  return std::move(tagged->texts);
}

std::vector<std::string> distinct_tags(const std::vector<TaggedText>& texts) {
  std::set<std::string> tags;
  for (const TaggedText& text : texts) tags.insert(text.tags.begin(), text.tags.end());
  return {tags.begin(), tags.end()};
}

namespace {

// Cuts a list from one side to `length` entries. Returns whether it was longer.
bool cut_words(std::vector<std::int32_t>& list, Index length, Side side) {
  const Index more = static_cast<Index>(list.size()) - length;
  if (more <= 0) return false;
  if (side == Side::left) {
    list.erase(list.begin(), list.begin() + more);
  } else {
    list.resize(static_cast<std::size_t>(length));
  }
  return true;
}

}  // namespace

TaggingSet make_tagging_set(const std::vector<TaggedText>& texts, const Tokenizer& tokenizer, const BertConfig& config,
                            Index max_length, const std::string& path) {
  TaggingSet set;
  for (const TaggedText& text : texts) {
    Sequence sequence;
    std::vector<std::int32_t> labels;
    for (std::size_t w = 0; w < text.words.size(); ++w) {
      const auto found = std::ranges::find(config.labels, text.tags[w]);
      require(found != config.labels.end(), "{}: text at line {}: tag {} is none of the {} labels of the model", path,
              text.line, in_quotes(text.tags[w]), config.labels.size());
      const Encoding word = tokenizer.encode(text.words[w], {.add_special_tokens = false});
      for (std::size_t i = 0; i < word.ids.size(); ++i) {
        sequence.ids.push_back(word.ids[i]);
        labels.push_back(i == 0 ? static_cast<std::int32_t>(found - config.labels.begin()) : ignore_index);
        if (word.ids[i] == tokenizer.unk_id()) add_unknown(text.words[w], text.line, set.data);
      }
    }
    ++set.data.texts;
    set.data.lines.push_back(text.line);
    const bool framed = tokenizer.options().adds_special_tokens;  // [CLS] text [SEP]
    const Index around = framed ? 2 : 0;
    set.data.longest = std::max(set.data.longest, static_cast<Index>(sequence.ids.size()) + around);
    set.data.truncated += cut_words(sequence.ids, max_length - around, tokenizer.options().truncation_side);
    cut_words(labels, max_length - around, tokenizer.options().truncation_side);
    if (framed) {
      sequence.ids.insert(sequence.ids.begin(), tokenizer.cls_id());
      sequence.ids.push_back(tokenizer.sep_id());
      labels.insert(labels.begin(), ignore_index);
      labels.push_back(ignore_index);
    }
    sequence.type_ids.assign(sequence.ids.size(), 0);
    set.data.tokens += static_cast<Index>(sequence.ids.size());
    set.data.sequences.push_back(std::move(sequence));
    set.labels.push_back(std::move(labels));
  }
  return set;
}

std::vector<Index> label_counts(const TaggingSet& set, Index labels) {
  std::vector<Index> counts(static_cast<std::size_t>(labels));
  for (const std::vector<std::int32_t>& text : set.labels) {
    for (const std::int32_t label : text) {
      if (label != ignore_index) ++counts.at(static_cast<std::size_t>(label));
    }
  }
  return counts;
}

}  // namespace mini_bert
