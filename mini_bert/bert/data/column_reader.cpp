#include "mini_bert/bert/data/column_reader.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "mini_bert/base/utf8.h"
#include "mini_bert/bert/data/clue_records.h"

namespace mini_bert {
namespace {

// How many records the decision looks at.
constexpr std::size_t sample_size = 1000;

class RowReader {
 public:
  RowReader(const DataSource& source, const ColumnRequest& request, const std::optional<TextColumns>& decided,
            const RowSink& sink, const BadRecordSink& bad)
      : source_(source),
        path_(source.name()),
        is_plain_(data_extension(source) == ".txt"),
        request_(request),
        sink_(sink),
        bad_(bad) {
    if (decided && (decided->parts > 1) == is_plain_ && decided->parts != 1 && !decided->empty()) given_ = decided;
  }

  TextColumns read() {
    const BadRecordSink wait = [this](const Error& error, std::size_t line) {
      if (columns_) return bad_(error, line);
      waiting_.push_back({sample_.size(), error, line});
    };
    const RecordSink collect = [&](Record& record) {
      try {
        if (request_.takes_label || request_.takes_pair) write_out_clue_record(record, path_);
      } catch (const Error& error) {
        if (!bad_) throw;
        return wait(error, record.line);
      }
      if (columns_) return pass(record);
      sample_.push_back(std::move(record));
      if (sample_.size() == sample_size) decide();
    };
    read_records(source_, collect, bad_ ? wait : BadRecordSink());
    if (!columns_) decide();
    return *columns_;
  }

 private:
  void decide() {
    const bool has_columns = std::ranges::any_of(sample_, &Record::has_columns);
    columns_.emplace();
    if (is_plain_) refuse_json_lines();
    if (is_plain_) drop_header();
    if (is_plain_ && !sample_.empty()) columns_ = given_ ? *given_ : decide_parts(sample_, request_, path_);
    if (has_columns && !request_.takes_label && !given_ && first_line_is_row(sample_, request_.text, path_)) {
      add_first_line();
      columns_ = {.text = "part 1", .parts = 1};
    } else if (has_columns) {
      columns_ = decide_columns(sample_, request(), path_);
    }
    auto next = waiting_.begin();
    for (std::size_t i = 0; i <= sample_.size(); ++i) {
      for (; next != waiting_.end() && next->records_before == i; ++next) bad_(next->error, next->line);
      if (i < sample_.size()) pass(sample_[i]);
    }
    sample_.clear();
    waiting_.clear();
  }

  // The line that was taken for the names of columns becomes the first record.
  void add_first_line() {
    Record first{.line = 1, .has_columns = true, .fields = {{"part 1", sample_.front().fields[0].name}}};
    sample_.insert(sample_.begin(), std::move(first));
    for (BadRecord& bad : waiting_) ++bad.records_before;
  }

  // A .txt file whose first line names the parts of the others: "text<TAB>label".
  void drop_header() {
    const auto first = std::ranges::find_if(sample_, [](const Record& r) { return !is_blank(r.fields[0].value); });
    if (first == sample_.end() || !names_parts(first->fields[0].value)) return;
    const auto index = static_cast<std::size_t>(first - sample_.begin());
    sample_.erase(first);
    for (BadRecord& bad : waiting_) bad.records_before -= bad.records_before > index;
  }

  void refuse_json_lines() const {
    const auto is_object_or_blank = [](const Record& record) {
      const std::string& line = record.fields[0].value;
      return is_blank(line) || (line.starts_with("{\"") && nlohmann::json::accept(line));
    };
    const auto is_object = [](const Record& record) { return record.fields[0].value.starts_with('{'); };
    require(!std::ranges::all_of(sample_, is_object_or_blank) || std::ranges::none_of(sample_, is_object),
            "{}: its lines are JSON objects and not texts; rename it, so that its name ends in .jsonl", path_);
  }

  // What is asked of a file with columns. Columns of an earlier file count as named.
  ColumnRequest request() const {
    ColumnRequest request = request_;
    if (!given_) return request;
    request.text = given_->text;
    request.pair = given_->pair;
    if (request.takes_label) request.label = given_->label;
    return request;
  }

  void pass(Record& record) {
    if (columns_->parts == 0) return sink_(record, *columns_);
    if (columns_->parts == 1) {
      record.fields[0].name = columns_->text;
      return sink_(record, *columns_);
    }
    try {
      cut(record);
    } catch (const Error& error) {
      if (!bad_) throw;
      return bad_(error, record.line);
    }
    sink_(record, *columns_);
  }

  // Replaces the line in a record by its parts.
  void cut(Record& record) {
    const std::string line = std::move(record.fields[0].value);
    std::vector<std::string> parts(columns_->parts);
    if (!is_blank(line)) parts = split_parts(line, columns_->parts, columns_->text == "part 2");
    require(parts.size() == columns_->parts, "{}: line {}: {}, expected {} parts with tabs between them, as elsewhere",
            path_, record.line, parts.size() == 1 ? "no tab in it" : fmt::format("{} parts", parts.size()),
            columns_->parts);
    record.has_columns = true;
    record.fields.clear();
    for (std::size_t i = 0; i < parts.size(); ++i) {
      record.fields.push_back({fmt::format("part {}", i + 1), std::move(parts[i])});
    }
  }

  // A bad record that was found before the columns were decided. It is passed on in its place.
  struct BadRecord {
    std::size_t records_before;
    Error error;
    std::size_t line;
  };

  const DataSource& source_;
  std::string path_;
  bool is_plain_;
  const ColumnRequest& request_;
  const RowSink& sink_;
  const BadRecordSink& bad_;
  std::optional<TextColumns> given_;
  std::optional<TextColumns> columns_;
  std::vector<Record> sample_;
  std::vector<BadRecord> waiting_;
};

}  // namespace

TextColumns read_rows(const DataSource& source, const ColumnRequest& request, const std::optional<TextColumns>& decided,
                      const RowSink& sink, const BadRecordSink& bad) {
  return RowReader(source, request, decided, sink, bad).read();
}

}  // namespace mini_bert
