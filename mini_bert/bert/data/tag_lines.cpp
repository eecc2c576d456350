#include <algorithm>
#include <map>
#include <set>
#include <utility>

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
  bool header = false;  // the first line names the columns
  std::set<std::string_view> tags;
  std::map<std::size_t, std::size_t> widths;  // the numbers of columns of rows, with the number of such rows
  std::size_t rows = 0, reversed = 0;         // `reversed`: rows that begin with a tag and do not end with one
  std::size_t joined = 0;                     // rows of several words with slashes and no blank between them
};

// "O", or a letter of BIO, BIOES, BILOU or BMES, a dash and a type.
bool looks_like_tag(std::string_view text) {
  constexpr std::string_view letters = "BIESMLU";
  if (text == "O") return true;
  return text.size() > 2 && letters.find(text[0]) != std::string_view::npos && (text[1] == '-' || text[1] == '_');
}

bool is_word_with_slash(std::string_view field) {
  const std::size_t slash = field.rfind('/');
  return slash != std::string_view::npos && slash > 0 && slash + 1 < field.size();
}

bool begins_with_digit(std::string_view field) {
  return !field.empty() && '0' <= field[0] && field[0] <= '9';
}

bool is_joined(const Fields& fields) {
  const std::string_view word = fields[0].substr(0, fields[0].rfind('/'));
  return fields.size() == 1 && word.find('/') != std::string_view::npos;
}

TagFileKind look_at(std::string_view text) {
  TagFileKind kind;
  std::string_view header_tag;
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    if (is_blank(line) || line.starts_with('#') || line.starts_with("-DOCSTART-")) continue;
    const Fields fields = fields_of(without_trailing_space(line), false), tabbed = fields_of(line, true);
    const TagRow row = parse_row(line);
    if (kind.rows == 0 && header_tag.empty() && is_tag_header(row.word, row.tag)) {
      header_tag = row.tag;
      continue;
    }
    ++kind.rows;
    kind.slashes = kind.slashes && std::ranges::all_of(fields, is_word_with_slash);
    kind.conllu = kind.conllu && tabbed.size() == 10 && begins_with_digit(tabbed[0]);
    kind.reversed += looks_like_tag(row.word) && !looks_like_tag(row.tag);
    kind.joined += is_joined(fields);
    if (!row.tag.empty()) kind.tags.insert(row.tag);
    ++kind.widths[fields.size()];
  }
  kind.header = !header_tag.empty() && !kind.tags.contains(header_tag);
  if (!header_tag.empty()) kind.tags.insert(header_tag);
  const bool is_empty = kind.widths.empty();
  kind.slashes = kind.slashes && !is_empty;
  kind.conllu = kind.conllu && !is_empty;
  return kind;
}

// Throws Error if the lines show that the file is no table of words and tags, which would be read in silence.
void refuse_other_kinds(const TagFileKind& kind, const std::string& path) {
  if (kind.rows == 0) return;
  if (kind.slashes) {
    require(kind.widths.size() > 1 || !kind.widths.contains(1) || 3 * kind.joined < kind.rows,
            "{}: words and tags run together; put blanks between them, as in 小明/PER 来/O", path);
    return;
  }
  require(kind.reversed == 0 || kind.reversed < kind.rows,
          "{}: the tags stand in the first column, expected a word, white space and its tag; change the order", path);
  std::vector<std::size_t> counts;
  for (const auto& [width, count] : kind.widths) counts.push_back(count);
  std::ranges::sort(counts, std::greater());
  std::size_t usual = 0;
  for (std::size_t i = 0; i < std::min<std::size_t>(counts.size(), 3); ++i) usual += counts[i];
  require(
      10 * usual >= 9 * kind.rows,
      "{}: its lines have {} to {} columns, expected a word, white space and its tag on each line, or a text, a tab "
      "and as many tags as it has words",
      path, kind.widths.begin()->first, kind.widths.rbegin()->first);
}

// Reads the lines of a file one after the other.
class TagLines {
 public:
  TagLines(std::string_view text, const std::string& path, Faults faults)
      : path_(path), faults_(faults), kind_(look_at(text)) {
    refuse_other_kinds(kind_, path);
  }

  void read(std::string_view line, std::size_t number) {
    if (is_blank(line)) return end_text();
    if (line.starts_with("-DOCSTART-") || is_comment(line)) return;
    if (std::exchange(header_is_next_, false) && kind_.header) return;
    if (text_.words.empty() && fault_.empty()) text_.line = number;
    if (find_ill_formed(line) != std::string_view::npos) return note_fault(line, number, "UTF-8");
    if (kind_.slashes) {
      read_slashes(line);
      if (kind_.widths.rbegin()->first > 1) end_text();  // if no line has two words, an empty line follows each text
    } else if (kind_.conllu) {
      read_conllu(line, number);
    } else {
      const TagRow row = parse_row(line);
      if (row.tag.empty() || is_line_of_slashes(line)) {
        const bool has_comma = line.find_first_of(",;") != std::string_view::npos;
        return note_fault(line, number,
                          has_comma ? "a word, white space and its tag; of a table with commas, make .jsonl lines: "
                                      R"({"tokens": ["小", "明"], "tags": ["B-PER", "I-PER"]})"
                                    : "a word, white space and its tag");
      }
      add(row.word, row.tag);
    }
  }

  TaggedFile finish() {
    end_text();
    const std::size_t width = kind_.widths.size() == 1 ? kind_.widths.begin()->first : 0;
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
    if (fields[1].empty()) return note_fault(line, number, "a word in the second column");
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
      note_bad_text(Error(fault_), text_.line, faults_, file_);
    } else if (!text_.words.empty()) {
      file_.texts.push_back(std::move(text_));
    }
    text_ = {};
    fault_.clear();
  }

  const std::string& path_;
  Faults faults_;
  TagFileKind kind_;
  bool header_is_next_ = true;
  TaggedFile file_;
  TaggedText text_;
  std::string fault_;  // the first fault of the current text
};

}  // namespace

void note_bad_text(const Error& error, std::size_t line, Faults faults, TaggedFile& file) {
  if (faults == Faults::counted) return file.dropped.add_bad(error);
  file.texts.push_back({.words = {}, .tags = {}, .line = line, .problem = error.what()});
}

bool is_tag(std::string_view text, const std::vector<std::string>& labels) {
  return looks_like_tag(text) || std::ranges::find(labels, text) != labels.end();
}

bool holds_tag_lines(std::string_view text, const std::vector<std::string>& labels) {
  std::size_t rows = 0, tagged = 0;
  bool is_first = true;
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    if (is_blank(line) || line.starts_with('#') || line.starts_with("-DOCSTART-")) continue;
    const TagRow row = parse_row(line);
    if (std::exchange(is_first, false) && is_tag_header(row.word, row.tag)) continue;
    ++rows;
    tagged += is_tag(row.tag, labels);
  }
  return 10 * tagged > 9 * rows;
}

TaggedFile read_tag_lines(std::string_view text, const std::string& path, Faults faults) {
  TagLines lines(text, path, faults);
  for (std::size_t number = 1; !text.empty(); ++number) lines.read(take_line(text), number);
  return lines.finish();
}

}  // namespace mini_bert
