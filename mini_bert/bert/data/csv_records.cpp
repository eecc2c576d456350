#include <algorithm>

#include "mini_bert/base/error.h"
#include "mini_bert/base/file_error.h"
#include "mini_bert/bert/data/record_formats.h"

namespace mini_bert {
namespace {

constexpr std::size_t most_columns = 10'000;

// Cuts a text into rows of fields. A field that begins with a quote ends at the next quote that is not doubled. Inside
// it, two quotes mean one quote, and separators and line ends are plain characters (RFC 4180 §2). What stands between
// the closing quote and the next separator is appended, as pandas and Python's csv do, but not after a line end: there
// a quote without its partner would swallow rows. In any other field a quote is a plain character, as in 5" disk.
class SeparatedText {
 public:
  SeparatedText(std::string_view text, char separator, const std::string& path)
      : text_(text), separator_(separator), path_(path) {}

  std::size_t line() const { return row_line_; }  // where the row that was read last begins

  // If the last row could not be read to its end, continues behind its first line.
  void recover() {
    if (is_whole_) return;
    line_ = row_line_ + 1;
    const std::size_t end = row_text_.find('\n');
    text_ = end == std::string_view::npos ? std::string_view() : row_text_.substr(end + 1);
  }

  // False at the end of the text. Empty lines are skipped.
  bool next_row(std::vector<std::string>& row) {
    while (at_line_end() && !text_.empty()) end_line();
    if (text_.empty()) return false;
    row_line_ = line_;
    row_text_ = text_;
    is_whole_ = false;
    std::size_t count = 0;
    for (;;) {
      if (count == row.size()) row.emplace_back();
      read_field(row[count++]);
      if (at_line_end()) break;
      text_.remove_prefix(1);  // the separator
    }
    row.resize(count);
    end_line();
    is_whole_ = true;
    return true;
  }

 private:
  bool at_line_end() const { return text_.empty() || text_[0] == '\n' || text_.starts_with("\r\n") || text_ == "\r"; }

  void end_line() {
    ++line_;
    text_.remove_prefix(std::min(text_.find('\n') + 1, text_.size()));
    if (text_ == "\r") text_ = {};
  }

  void read_field(std::string& field) {
    field.clear();
    const std::size_t begin_line = line_;
    if (text_.starts_with('"')) read_quoted(field);
    const std::size_t end = std::min(text_.find_first_of(std::string{separator_, '\n'}), text_.size());
    const bool before_line_end = end == text_.size() || text_[end] == '\n';
    const std::size_t length = before_line_end && end > 0 && text_[end - 1] == '\r' ? end - 1 : end;
    require(
        length == 0 || line_ == begin_line,
        "{}: line {}: the quote that begins here ends in line {}, inside a field; double it if the text begins with "
        "a quotation mark",
        path_, begin_line, line_);
    field += text_.substr(0, length);
    text_.remove_prefix(length);
  }

  void read_quoted(std::string& field) {
    const std::size_t begin_line = line_;
    text_.remove_prefix(1);
    for (;;) {
      const std::size_t quote = text_.find('"');
      require(quote != std::string_view::npos, "{}: line {}: the quote that begins here is never closed; add the \"",
              path_, begin_line);
      const std::string_view piece = text_.substr(0, quote);
      field += piece;
      line_ += static_cast<std::size_t>(std::ranges::count(piece, '\n'));
      text_.remove_prefix(quote + 1);
      if (!text_.starts_with('"')) break;
      field += '"';
      text_.remove_prefix(1);
    }
  }

  std::string_view text_, row_text_;
  char separator_;
  const std::string& path_;
  std::size_t line_ = 1;
  std::size_t row_line_ = 1;
  bool is_whole_ = true;  // the last row was read to its end
};

// The part of the first line that stands outside of quotes.
std::string unquoted_header(std::string_view text) {
  std::string header;
  bool in_quotes = false;
  for (const char c : text) {
    if (c == '\n' && !in_quotes) break;
    if (c == '"') in_quotes = !in_quotes;
    if (!in_quotes) header += c;
  }
  return header;
}

// The separator of the extension or, if only another one occurs in the header, that one. Spreadsheets write ';' where
// the comma is the decimal mark, and .csv is a common name for any of them.
char separator_of(std::string_view text, char promised) {
  const std::string header = unquoted_header(text);
  if (header.find(promised) != std::string::npos) return promised;
  const std::size_t other = header.find_first_of(";\t,");
  if (other != std::string::npos) return header[other];
  return header.find('|') == std::string::npos ? promised : '|';
}

std::string without_blanks(const std::string& name) {
  const std::size_t begin = name.find_first_not_of(" \t");
  return begin == std::string::npos ? "" : name.substr(begin, name.find_last_not_of(" \t") + 1 - begin);
}

std::vector<std::string> read_header(SeparatedText& rows, const std::string& path) {
  std::vector<std::string> names;
  if (!rows.next_row(names)) return names;
  require(names.size() <= most_columns, "{}: has {} columns, expected at most {}; is it the right file?", path,
          names.size(), most_columns);
  for (std::size_t i = 0; i < names.size(); ++i) {
    names[i] = without_blanks(names[i]);
    if (names[i].empty() && i > 0) names[i] = fmt::format("Unnamed: {}", i);  // as pandas names it
  }
  for (auto name = names.begin(); name != names.end(); ++name) {
    require(
        std::find(names.begin(), name, *name) == name,
        "{}: line {}: column {} occurs twice; rename one of them or, if the file has no line of column names, add one",
        path, rows.line(), in_quotes(*name));
  }
  return names;
}

}  // namespace

void read_separated(std::string_view text, char separator, const std::string& path, const RecordSink& sink,
                    const BadRecordSink& bad) {
  SeparatedText rows(text, separator_of(text, separator), path);
  const std::vector<std::string> names = read_header(rows, path);
  std::vector<std::string> row;
  const auto next_row = [&](std::size_t number) {
    if (!rows.next_row(row)) return false;
    for (const std::string& field : row) require_utf8_line(field, path, rows.line());
    require(row.size() == names.size(),
            "{}: row {} (line {}) has {} fields, expected {} as in the header; put fields with separators in quotes",
            path, number, rows.line(), row.size(), names.size());
    return true;
  };
  for (std::size_t number = 1;; ++number) {
    try {
      if (!next_row(number)) break;
    } catch (const Error& error) {
      if (!bad) throw;
      bad(error, rows.line());
      rows.recover();
      continue;
    }
    Record record{.line = rows.line(), .has_columns = true, .fields = {}};
    for (std::size_t i = 0; i < row.size(); ++i) record.fields.push_back({names[i], std::move(row[i])});
    sink(record);
  }
}

}  // namespace mini_bert
