#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "mini_bert/base/error.h"
#include "mini_bert/bert/data/data_source.h"

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

  // The value of the column that tells the record from others (id, guid, idx, qid, …), as JSON: 7, "r7". `text` is no
  // such column. Empty when there is none.
  std::string id(std::string_view text = {}) const;
};

// May move the strings out of the record.
using RecordSink = std::function<void(Record&)>;
// Gets the Error of a line, row or element that is no record, and the line on which it begins. The others are still
// read.
using BadRecordSink = std::function<void(const Error& error, std::size_t line)>;

// Calls `sink` for each record of a data file, in order. The extension of the file selects the format:
//   .json              an array of texts or of objects (RFC 8259), or one of them per line
//   .jsonl .ndjson     a text or an object per line, or an array of them
//   .csv .tsv          a header row, then rows; fields in quotes follow RFC 4180. Text behind a closing quote belongs
//   to
//                      the field, as in pandas. A header without the separator of the extension, but with another one
//                      (, ; or a tab), says that the file uses the other one. Blanks around column names are dropped
//   .txt               a text per line
// DataText says which encodings are read. Lines end with LF, CRLF or CR. Empty lines are skipped, except in .txt files,
// where they are empty texts. A null in place of a text is an empty text. Throws Error, with line and reason, for
// anything else. If `bad` is given, it gets every line, row and element of an array that is no record, and every line
// or row that is not UTF-8. Only one record is in memory at a time.
void read_records(const DataSource& source, const RecordSink& sink, const BadRecordSink& bad = {});

// The extension of a data file in lower case: ".csv".
std::string data_extension(const DataSource& source);

}  // namespace mini_bert
