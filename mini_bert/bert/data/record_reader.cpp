#include "mini_bert/bert/data/record_reader.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "mini_bert/base/error.h"
#include "mini_bert/base/file_error.h"
#include "mini_bert/base/foreign_error.h"
#include "mini_bert/base/utf8.h"
#include "mini_bert/bert/data/column_names.h"
#include "mini_bert/bert/data/data_text.h"
#include "mini_bert/bert/data/record_formats.h"

namespace mini_bert {

const Field* Record::find(std::string_view name) const {
  const auto found = std::ranges::find(fields, name, &Field::name);
  return found == fields.end() ? nullptr : &*found;
}

std::string Record::column_names() const {
  std::string names;
  for (const Field& field : fields) {
    if (!names.empty()) names += ", ";
    if (names.size() > 200) return names + "…";
    names += field.name.empty() ? "\"\"" : field.name;
  }
  return names.empty() ? "none" : names;
}

std::string Record::id(std::string_view text) const {
  for (const Field& field : fields) {
    if (!has_columns || !is_id_name(field.name) || field.name == text) continue;
    return field.is_text ? nlohmann::json(field.value).dump() : field.value;
  }
  return "";
}

std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

void require_utf8_line(std::string_view text, const std::string& path, std::size_t line) {
  const std::size_t wrong = find_ill_formed(text);
  if (wrong == std::string_view::npos) return;
  fail("{}: line {}: byte 0x{:02x} is not UTF-8; save the file as UTF-8", path, line,
       static_cast<unsigned char>(text[wrong]));
}

void read_lines(std::string_view text, const std::string& path, const RecordSink& sink, const BadRecordSink& bad) {
  for (std::size_t line = 1; !text.empty(); ++line) {
    Record record{.line = line, .has_columns = false, .fields = {{"text", std::string(take_line(text))}}};
    try {
      require_utf8_line(record.fields[0].value, path, line);
    } catch (const Error& error) {
      if (!bad) throw;
      bad(error, line);
      continue;
    }
    sink(record);
  }
}

std::string data_extension(const DataSource& source) {
  std::string extension = source.extension();
  std::ranges::transform(extension, extension.begin(), [](char c) { return 'A' <= c && c <= 'Z' ? c + 32 : c; });
  return extension;
}

void read_records(const DataSource& source, const RecordSink& sink, const BadRecordSink& bad) {
  const std::string extension = data_extension(source), name = source.name();
  const bool is_json = extension == ".json" || extension == ".jsonl" || extension == ".ndjson";
  if (is_json || extension == ".csv" || extension == ".tsv" || extension == ".txt") {
    return with_file_name(name, [&] {
      const DataText file(source, bad ? IllFormed::kept : IllFormed::refused);
      if (is_json) return read_json(file.text(), name, sink, bad);
      if (extension == ".txt") return read_lines(file.text(), name, sink, bad);
      read_separated(file.text(), extension == ".csv" ? ',' : '\t', name, sink, bad);
    });
  }
  fail("{}: files ending in {} are not read, expected .json, .jsonl, .ndjson, .csv, .tsv or .txt; convert or rename it",
       name, in_quotes(source.extension()));
}

}  // namespace mini_bert
