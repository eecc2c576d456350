#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "mini_bert/bert/data/data_source.h"
#include "mini_bert/files/mapped_file.h"

namespace mini_bert {

// What to do with bytes that are not UTF-8. `kept`: the caller checks each line.
enum class IllFormed { refused, kept };

// The text of a data source: well-formed UTF-8 without a byte order mark, whose lines end with LF or CRLF. A file in
// UTF-16 with a byte order mark (a spreadsheet's "Unicode text") is converted. A CR without LF, which ended lines on
// old Macintoshes, becomes LF, as Python's open() reads it. Throws Error, with the place and how to convert the file,
// when it has another encoding.
class DataText {
 public:
  explicit DataText(const DataSource& source, IllFormed ill_formed = IllFormed::refused);
  DataText(const DataText&) = delete;
  DataText& operator=(const DataText&) = delete;

  std::string_view text() const { return text_; }

 private:
  DataSource source_;  // keeps a text in memory alive
  std::optional<MappedFile> file_;
  std::string converted_;  // empty when the bytes of the file serve as they are
  std::string_view text_;
};

}  // namespace mini_bert
