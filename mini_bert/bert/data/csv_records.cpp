#include <algorithm>

#include "mini_bert/base/error.h"
#include "mini_bert/base/file_error.h"
#include "mini_bert/bert/data/record_formats.h"

namespace mini_bert {
namespace {

constexpr std::size_t most_columns = 10'000;

// Cuts a text into rows of fields. A field that begins with a quote ends at the next quote that is not doubled. Inside
// it, two quotes mean one quote, and separators and line ends are plain characters (RFC 4180 §2). In any other field a
// quote is a plain character, as in 5" disk.
class SeparatedText {
 public:
  SeparatedText(std::string_view text, char separator, const std::string& path)
      : text_(text), separator_(separator), path_(path) {}

  std::size_t line() const { return row_line_; }  // where the row that was read last begins

  // False at the end of the text. Empty lines are skipped.
  bool next_row(std::vector<std::string>& row) {
    while (at_line_end() && !text_.empty()) end_line();
    if (text_.empty()) return false;
    row_line_ = line_;
    std::size_t count = 0;
    for (;;) {
      if (count == row.size()) row.emplace_back();
      read_field(row[count++]);
      if (at_line_end()) break;
      text_.remove_prefix(1);  // the separator
    }
    row.resize(count);
    end_line();
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
    if (text_.starts_with('"')) {
      read_quoted(field);
      return;
    }
    const std::size_t end = std::min(text_.find_first_of(std::string{separator_, '\n'}), text_.size());
    const bool before_line_end = end == text_.size() || text_[end] == '\n';
    const std::size_t length = before_line_end && end > 0 && text_[end - 1] == '\r' ? end - 1 : end;
    field.assign(text_.substr(0, length));
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
    require(at_line_end() || text_[0] == separator_,
            "{}: line {}: text behind a closing quote; write two quotes for one inside a field", path_, line_);
  }

  std::string_view text_;
  char separator_;
  const std::string& path_;
  std::size_t line_ = 1;
  std::size_t row_line_ = 1;
};

}  // namespace

void read_separated(std::string_view text, char separator, const std::string& path, const RecordSink& sink) {
  SeparatedText rows(text, separator, path);
  std::vector<std::string> names;
  if (!rows.next_row(names)) return;
  require(names.size() <= most_columns, "{}: has {} columns, expected at most {}; is it the right file?", path,
          names.size(), most_columns);
  for (auto name = names.begin(); name != names.end(); ++name) {
    require(std::find(names.begin(), name, *name) == name, "{}: line {}: column {} occurs twice; rename one of them",
            path, rows.line(), in_quotes(*name));
  }

  std::vector<std::string> row;
  for (std::size_t number = 1; rows.next_row(row); ++number) {
    require(row.size() == names.size(),
            "{}: row {} (line {}) has {} fields, expected {} as in the header; put fields with separators in quotes",
            path, number, rows.line(), row.size(), names.size());
    Record record{.line = rows.line(), .has_columns = true, .fields = {}};
    for (std::size_t i = 0; i < row.size(); ++i) record.fields.push_back({names[i], std::move(row[i])});
    sink(record);
  }
}

}  // namespace mini_bert
