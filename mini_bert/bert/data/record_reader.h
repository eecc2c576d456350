#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace mini_bert {

// A column of a record. Text is text; everything else is the JSON it was written as: 3, true, null, [[0,2]].
struct Field {
  std::string name;
  std::string value;
  bool is_text = true;
};

// One entry of a data file.
struct Record {
  std::size_t line = 0;       // of the file, from 1, where the entry begins
  bool has_columns = true;    // false: a bare text (a line, a JSON string), in fields[0]
  std::vector<Field> fields;  // in the order of the file

  const Field* find(std::string_view name) const;  // nullptr when there is none
  std::string column_names() const;                // "text, label", for messages
};

// May take the record's strings away.
using RecordSink = std::function<void(Record&)>;

// Calls `sink` for each record of a data file, in order. The file's extension says what it is:
//   .json              an array of texts or of objects (RFC 8259)
//   .jsonl .ndjson     a text or an object a line
//   .csv .tsv          a header row, then rows; fields in quotes as RFC 4180 has them
//   .txt               a text a line
// UTF-8, a byte order mark is allowed; lines end with LF or CRLF; empty lines are no records, except in .txt, where
// they are empty texts. Error, with line and reason, for anything else. Only one record is in memory at a time.
void read_records(const std::filesystem::path& path, const RecordSink& sink);

}  // namespace mini_bert
