#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace mini_bert {

// A column of a record. A text is stored as it is, any other value as its JSON: 3, true, null, [[0,2]].
struct Field {
  std::string name;
  std::string value;
  bool is_text = true;
};

// One entry of a data file.
struct Record {
  std::size_t line = 0;       // line of the file where the entry begins, from 1
  bool has_columns = true;    // false: a bare text (a line or a JSON string), stored in fields[0]
  std::vector<Field> fields;  // in the order of the file

  const Field* find(std::string_view name) const;  // nullptr when there is none
  std::string column_names() const;                // "text, label", for messages
};

// May move the strings out of the record.
using RecordSink = std::function<void(Record&)>;

// Calls `sink` for each record of a data file, in order. The extension of the file selects the format:
//   .json              an array of texts or of objects (RFC 8259)
//   .jsonl .ndjson     a text or an object per line
//   .csv .tsv          a header row, then rows; fields in quotes follow RFC 4180
//   .txt               a text per line
// The file is UTF-8 and may begin with a byte order mark. Lines end with LF or CRLF. Empty lines are skipped, except in
// .txt files, where they are empty texts. Throws Error, with line and reason, for anything else. Only one record is in
// memory at a time.
void read_records(const std::filesystem::path& path, const RecordSink& sink);

}  // namespace mini_bert
