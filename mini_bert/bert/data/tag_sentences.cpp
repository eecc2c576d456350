// Files of tags whose lines are whole texts: "小 明 笑<TAB>B-PER I-PER O".
#include <algorithm>
#include <initializer_list>
#include <utility>

#include "mini_bert/base/file_error.h"
#include "mini_bert/base/utf8.h"
#include "mini_bert/bert/data/column_names.h"
#include "mini_bert/bert/data/record_formats.h"
#include "mini_bert/bert/data/tag_formats.h"

namespace mini_bert {
namespace {

using Units = std::vector<std::string>;

// The words or tags between blanks or, as PaddleNLP writes them, between bytes 02.
Units units_of(std::string_view part) {
  const char separator = part.find('\x02') == std::string_view::npos ? ' ' : '\x02';
  Units units;
  for (std::size_t at = 0; at <= part.size();) {
    const std::size_t end = std::min(part.find(separator, at), part.size());
    if (end > at) units.emplace_back(part.substr(at, end - at));
    at = end + 1;
  }
  return units;
}

Units characters_of(std::string_view text) {
  Units characters;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = std::max<std::size_t>(read_code_point(text, at).length, 1);
    characters.emplace_back(text.substr(at, length));
    at += length;
  }
  return characters;
}

// Empty unless the line has one tab.
TaggedText parse_sentence(std::string_view line) {
  const std::size_t tab = line.find('\t');
  if (tab == std::string_view::npos || line.find('\t', tab + 1) != std::string_view::npos) return {};
  TaggedText text{.words = {}, .tags = split_words(line.substr(tab + 1), 1)};
  text.words = split_words(line.substr(0, tab), text.tags.size());
  return text;
}

bool is_header(const TaggedText& text) {
  return text.words.size() == 1 && text.tags.size() == 1 && is_tag_header(text.words[0], text.tags[0]);
}

// Whether every line has one tab, and more than half of the lines have as many tags as words, several of both.
bool holds_sentences(std::string_view text) {
  std::size_t lines = 0, whole = 0;
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    if (is_blank(line)) continue;
    const TaggedText parts = parse_sentence(line);
    if (parts.tags.empty()) return false;
    if (lines == 0 && is_header(parts)) continue;
    ++lines;
    whole += parts.tags.size() > 1 && parts.words.size() == parts.tags.size();
  }
  return 2 * whole > lines;
}

}  // namespace

std::vector<std::string> split_words(std::string_view text, std::size_t count) {
  Units words = units_of(text);
  return words.size() == 1 && count > 1 ? characters_of(words[0]) : words;
}

bool is_tag_header(std::string_view word, std::string_view tag) {
  const auto is_any = [](std::string_view name, std::initializer_list<std::string_view> names) {
    return std::ranges::find(names, name) != names.end();
  };
  const std::string words = plain_name(word), tags = plain_name(tag);
  const bool names_words = is_text_name(word) || is_any(words, {"word", "words", "token", "tokens", "char", "chars",
                                                                "character", "text_a", "字", "词", "字符", "单词"});
  return names_words && (is_label_name(tag) || is_any(tags, {"tag", "tags", "ner", "ner_tag", "ner_tags", "bio"}));
}

std::optional<TaggedFile> read_tag_sentences(std::string_view text, const std::string& path, Faults faults) {
  if (!holds_sentences(text)) return std::nullopt;
  TaggedFile file;
  file.columns = {.text = "part 1", .label = "part 2", .parts = 2};
  bool is_first = true;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::string_view line = take_line(text);
    if (is_blank(line)) continue;
    TaggedText parts = parse_sentence(line);
    parts.line = number;
    if (std::exchange(is_first, false) && is_header(parts)) continue;
    try {
      require_utf8_line(line, path, number);
      require(parts.words.size() == parts.tags.size(), "{}: line {}: {} words but {} tags; give each word its tag",
              path, number, parts.words.size(), parts.tags.size());
      file.texts.push_back(std::move(parts));
    } catch (const Error& error) {
      note_bad_text(error, number, faults, file);
    }
  }
  return file;
}

}  // namespace mini_bert
