#include "mini_bert/bert/data/sample_reader.h"

#include <algorithm>
#include <utility>

#include "mini_bert/base/error.h"
#include "mini_bert/base/file_error.h"
#include "mini_bert/base/utf8.h"
#include "mini_bert/bert/data/mask_spans.h"
#include "mini_bert/bert/data/record_reader.h"

namespace mini_bert {
namespace {

std::string choose_column(const Record& record, const std::string& path) {
  if (record.find("text") != nullptr) return "text";
  const auto first = std::ranges::find_if(record.fields, &Field::is_text);
  require(first != record.fields.end(), "{}: line {}: no column holds text (columns: {}); add a column \"text\"", path,
          record.line, record.column_names());
  return first->name;
}

// Moves the text out of the record.
std::string take_text(Record& record, const std::string& column, const std::string& path) {
  if (!record.has_columns) return std::move(record.fields[0].value);
  const auto field = std::ranges::find(record.fields, column, &Field::name);
  if (field == record.fields.end()) {
    fail("{}: line {}: no column {} (columns: {}); name another text column", path, record.line, in_quotes(column),
         record.column_names());
  }
  if (!field->is_text) {
    const std::string_view found = field->value;
    fail("{}: line {}: column {} is {}, expected a text; put it in quotes or name another text column", path,
         record.line, in_quotes(column),
         found.starts_with('[')   ? "an array"
         : found.starts_with('{') ? "an object"
                                  : found.substr(0, 40));
  }
  return std::move(field->value);
}

}  // namespace

SampleFile read_samples(const std::filesystem::path& path, const ReadOptions& options) {
  const std::string name = path.string();
  const bool has_mask_spans = path.extension() != ".csv" && path.extension() != ".tsv";
  SampleFile result;
  bool column_known = !options.text_column.empty();
  std::string column = options.text_column;
  read_records(path, [&](Record& record) {
    if (record.has_columns) {
      if (!column_known) {
        column = choose_column(record, name);
        column_known = true;
      }
      result.text_column = column;
    }
    const Field* const mask = options.mask_spans && has_mask_spans ? record.find("mask") : nullptr;
    const std::string spans = mask != nullptr && mask->name != column ? mask->value : "";
    std::string text = take_text(record, column, name);
    const bool blank = is_blank(text);
    if (blank) ++result.blank;
    if (!blank || options.keep_blank) {
      text.shrink_to_fit();  // parsers leave unused capacity in strings
      std::vector<TextRange> ranges;
      if (!spans.empty()) ranges = parse_mask_spans(spans, text, fmt::format("{}: line {}", name, record.line));
      result.samples.push_back({std::move(text), record.line, std::move(ranges)});
    }
  });
  require(!result.samples.empty(), "{}: no text in it ({} blank ones); add at least one", name, result.blank);
  return result;
}

}  // namespace mini_bert
