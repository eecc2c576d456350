#include <algorithm>
#include <set>

#include "mini_bert/base/file_error.h"
#include "mini_bert/base/utf8.h"
#include "mini_bert/bert/data/record_formats.h"
#include "mini_bert/bert/data/tag_formats.h"

namespace mini_bert {
namespace {

using Fields = std::vector<std::string_view>;

bool is_column_space(char c) {
  return c == ' ' || c == '\t';
}

std::string_view without_trailing_space(std::string_view line) {
  while (!line.empty() && is_column_space(line.back())) line.remove_suffix(1);
  return line;
}

// The fields of a line, between any white space or between single tabs.
Fields fields_of(std::string_view line, bool by_tabs) {
  Fields fields;
  for (std::size_t at = 0; at <= line.size();) {
    const auto ends = [&](char c) { return by_tabs ? c == '\t' : is_column_space(c); };
    std::size_t end = at;
    while (end < line.size() && !ends(line[end])) ++end;
    if (by_tabs || end > at) fields.push_back(line.substr(at, end - at));
    at = end + 1;
  }
  return fields;
}

// A word and its tag: "诸 B-PER", "EU NNP I-NP B-ORG", or "  O", whose word is a blank.
struct TagRow {
  std::string_view word, tag;  // both empty: the line is no row
};

TagRow parse_row(std::string_view line) {
  line = without_trailing_space(line);
  const Fields fields = fields_of(line, false);
  const bool blank_word = line.starts_with('\t') || (line.size() > 1 && line[0] == ' ' && is_column_space(line[1]));
  if (blank_word && !fields.empty()) return {line.substr(0, 1), fields.back()};
  if (line.empty() || is_column_space(line[0]) || fields.size() < 2) return {};
  return {fields.front(), fields.back()};
}

// What a whole file is, judged from its lines.
struct TagFileKind {
  bool slashes = true;  // every word of every line is followed by "/" and its tag
  bool conllu = true;   // ten columns between tabs, the first a number
  std::set<std::string_view> tags;
  std::set<std::size_t> widths;  // the numbers of columns of rows
};

bool is_word_with_slash(std::string_view field) {
  const std::size_t slash = field.rfind('/');
  return slash != std::string_view::npos && slash > 0 && slash + 1 < field.size();
}

bool begins_with_digit(std::string_view field) {
  return !field.empty() && '0' <= field[0] && field[0] <= '9';
}

TagFileKind look_at(std::string_view text) {
  TagFileKind kind;
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    if (is_blank(line) || line.starts_with('#') || line.starts_with("-DOCSTART-")) continue;
    const Fields fields = fields_of(without_trailing_space(line), false), tabbed = fields_of(line, true);
    kind.slashes = kind.slashes && std::ranges::all_of(fields, is_word_with_slash);
    kind.conllu = kind.conllu && tabbed.size() == 10 && begins_with_digit(tabbed[0]);
    if (const TagRow row = parse_row(line); !row.tag.empty()) kind.tags.insert(row.tag);
    kind.widths.insert(fields.size());
  }
  const bool is_empty = kind.widths.empty();
  kind.slashes = kind.slashes && !is_empty;
  kind.conllu = kind.conllu && !is_empty;
  return kind;
}

// Reads the lines of a file one after the other.
class TagLines {
 public:
  TagLines(std::string_view text, const std::string& path) : path_(path), kind_(look_at(text)) {}

  void read(std::string_view line, std::size_t number) {
    if (is_blank(line)) return end_text();
    if (line.starts_with("-DOCSTART-") || is_comment(line)) return;
    if (text_.words.empty() && fault_.empty()) text_.line = number;
    if (find_ill_formed(line) != std::string_view::npos) return note_fault(line, number, "UTF-8");
    if (kind_.slashes) {
      read_slashes(line);
      if (*kind_.widths.rbegin() > 1) end_text();  // if no line has two words, an empty line follows each text
    } else if (kind_.conllu) {
      read_conllu(line, number);
    } else {
      const TagRow row = parse_row(line);
      if (row.tag.empty() || is_line_of_slashes(line)) {
        return note_fault(line, number, "a word, white space and its tag");
      }
      add(row.word, row.tag);
    }
  }

  TaggedFile finish() {
    end_text();
    const std::size_t width = kind_.widths.size() == 1 ? *kind_.widths.begin() : 0;
    if (kind_.conllu) {
      file_.columns = {.text = "2", .label = "4"};
    } else if (!kind_.slashes && width > 2) {
      file_.columns = {.text = "1", .label = std::to_string(width)};
    }
    return std::move(file_);
  }

 private:
  // A "#" may also be a word: then its line has as many columns as the others, and a tag that others have.
  bool is_comment(std::string_view line) const {
    if (!line.starts_with('#')) return false;
    if (kind_.conllu) return true;
    if (kind_.slashes) return !std::ranges::all_of(fields_of(without_trailing_space(line), false), is_word_with_slash);
    const Fields fields = fields_of(without_trailing_space(line), false);
    return !kind_.widths.empty() && (!kind_.widths.contains(fields.size()) || !kind_.tags.contains(fields.back()));
  }

  // "北/B-LOC 京/I-LOC" between lines of one word, whose tags show that these are two words.
  bool is_line_of_slashes(std::string_view line) const {
    return std::ranges::all_of(fields_of(without_trailing_space(line), false), [this](std::string_view field) {
      return is_word_with_slash(field) && kind_.tags.contains(field.substr(field.rfind('/') + 1));
    });
  }

  void read_slashes(std::string_view line) {
    for (const std::string_view field : fields_of(without_trailing_space(line), false)) {
      const std::size_t slash = field.rfind('/');
      add(field.substr(0, slash), field.substr(slash + 1));
    }
  }

  // Ranges like 3-4 and numbers like 5.1 are no words of the text.
  void read_conllu(std::string_view line, std::size_t number) {
    const Fields fields = fields_of(line, true);
    if (fields[0].find_first_of("-.") != std::string_view::npos) return;
    if (fields[3].empty() || fields[3] == "_") return note_fault(line, number, "a part of speech in the fourth column");
    add(fields[1], fields[3]);
  }

  void add(std::string_view word, std::string_view tag) {
    text_.words.emplace_back(word);
    text_.tags.emplace_back(tag);
  }

  void note_fault(std::string_view line, std::size_t number, std::string_view expected) {
    if (fault_.empty()) {
      fault_ = fmt::format("{}: line {}: {}, expected {}", path_, number, in_quotes(line), expected);
    }
  }

  void end_text() {
    if (!fault_.empty()) {
      file_.dropped.add_bad(Error(fault_));
    } else if (!text_.words.empty()) {
      file_.texts.push_back(std::move(text_));
    }
    text_ = {};
    fault_.clear();
  }

  const std::string& path_;
  TagFileKind kind_;
  TaggedFile file_;
  TaggedText text_;
  std::string fault_;  // the first fault of the current text
};

}  // namespace

TaggedFile read_tag_lines(std::string_view text, const std::string& path) {
  TagLines lines(text, path);
  for (std::size_t number = 1; !text.empty(); ++number) lines.read(take_line(text), number);
  return lines.finish();
}

}  // namespace mini_bert
