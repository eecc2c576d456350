#include "mini_bert/bert/data/sample_reader.h"

#include <algorithm>
#include <utility>

#include "mini_bert/base/error.h"
#include "mini_bert/base/file_error.h"
#include "mini_bert/bert/data/column_reader.h"
#include "mini_bert/bert/data/mask_spans.h"

namespace mini_bert {
namespace {

// Turns records into samples.
class SampleReader {
 public:
  SampleReader(std::string path, const ReadOptions& options, SampleFile& file)
      : path_(std::move(path)), options_(options), file_(file) {
    const std::string extension = data_extension(path_);
    reads_spans_ = options.mask_spans && extension != ".csv" && extension != ".tsv";
  }

  void read(Record& record, const TextColumns& columns, std::string id) {
    Sample sample{.text = {}, .line = record.line, .id = std::move(id)};
    if (record.has_columns) {
      const std::string spans = spans_of(record, columns);
      sample.text = take_text(record, columns.text, "text_column");
      if (has_pair(record, columns.pair)) sample.pair = take_text(record, columns.pair, "text_pair_column");
      if (!spans.empty()) sample.mask = parse_mask_spans(spans, sample.text, place_of(record));
    } else {
      sample.text = std::move(record.fields[0].value);
    }
    if (!options_.keep_all && is_blank(sample.text)) return file_.dropped.add_blank(sample.line);
    sample.text.shrink_to_fit();  // parsers leave unused capacity in strings
    file_.samples.push_back(std::move(sample));
  }

 private:
  std::string place_of(const Record& record) const { return fmt::format("{}: line {}", path_, record.line); }

  std::string spans_of(const Record& record, const TextColumns& columns) const {
    const Field* const mask = reads_spans_ && columns.text != "mask" ? record.find("mask") : nullptr;
    return mask == nullptr ? "" : mask->value;
  }

  // Without training, a row may lack the second text of the others.
  bool has_pair(const Record& record, const std::string& column) const {
    return !column.empty() && (!options_.keep_all || record.find(column) != nullptr);
  }

  // Moves the text out of the record. A null is an empty text.
  std::string take_text(Record& record, const std::string& column, const char* argument) const {
    const auto field = std::ranges::find(record.fields, column, &Field::name);
    if (field == record.fields.end()) {
      fail("{}: no column {} (columns: {}); name another with `{}`", place_of(record), in_quotes(column),
           record.column_names(), argument);
    }
    if (field->is_text) return std::move(field->value);
    if (field->value == "null") return {};
    const bool is_list = field->value.starts_with('['), is_object = field->value.starts_with('{');
    if (options_.keep_all && !is_list && !is_object) return std::move(field->value);
    fail("{}: column {} is {}, expected a text; put it in quotes or name another column with `{}`", place_of(record),
         in_quotes(column),
         is_list     ? "an array"
         : is_object ? "an object"
                     : field->value.substr(0, 40),
         argument);
  }

  std::string path_;
  const ReadOptions& options_;
  SampleFile& file_;
  bool reads_spans_;
};

}  // namespace

SampleFile read_samples(const DataSource& source, const ReadOptions& options) {
  SampleFile file;
  SampleReader reader(source.name(), options, file);
  const ColumnRequest request{.text = options.text_column,
                              .pair = options.pair_column,
                              .takes_pair = options.takes_pair,
                              .tabs_are_text = options.tabs_are_text};
  const auto note = [&](const Error& error, std::size_t line, const std::string& id) {
    if (options.keep_all) {
      file.samples.push_back({.text = {}, .line = line, .problem = error.what(), .id = id});
    } else {
      file.dropped.add_bad(error);
    }
  };
  const BadRecordSink note_bad = [&](const Error& error, std::size_t line) { note(error, line, ""); };
  const RowSink read = [&](Record& record, const TextColumns& columns) {
    const std::string id = options.keep_all ? record.id(columns.text) : "";
    try {
      reader.read(record, columns, id);
    } catch (const Error& error) {
      note(error, record.line, id);
    }
  };
  file.columns = read_rows(source, request, options.decided, read, note_bad);
  file.dropped.check(file.samples.size());
  require(!file.samples.empty(), "{}: no text in it ({} blank ones); add at least one", source.name(),
          file.dropped.blank());
  return file;
}

}  // namespace mini_bert
