#include "mini_bert/bert/data/record_reader.h"

#include <algorithm>

#include "mini_bert/base/error.h"
#include "mini_bert/base/file_error.h"
#include "mini_bert/base/utf8.h"
#include "mini_bert/bert/data/record_formats.h"
#include "mini_bert/files/mapped_file.h"

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

std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

void read_lines(std::string_view text, const RecordSink& sink) {
  for (std::size_t line = 1; !text.empty(); ++line) {
    Record record{.line = line, .has_columns = false, .fields = {{"text", std::string(take_line(text))}}};
    sink(record);
  }
}

void read_records(const std::filesystem::path& path, const RecordSink& sink) {
  const MappedFile file(path);
  std::string extension = path.extension().string();
  std::ranges::transform(extension, extension.begin(), [](char c) { return 'A' <= c && c <= 'Z' ? c + 32 : c; });
  const std::string name = path.string();
  const auto text = [&] { return require_utf8(file.text(), name); };
  if (extension == ".json") return read_json_array(text(), name, sink);
  if (extension == ".jsonl" || extension == ".ndjson") return read_json_lines(text(), name, sink);
  if (extension == ".csv") return read_separated(text(), ',', name, sink);
  if (extension == ".tsv") return read_separated(text(), '\t', name, sink);
  if (extension == ".txt") return read_lines(text(), sink);
  fail("{}: files ending in {} are not read, expected .json, .jsonl, .ndjson, .csv, .tsv or .txt; convert or rename it",
       name, in_quotes(extension));
}

}  // namespace mini_bert
