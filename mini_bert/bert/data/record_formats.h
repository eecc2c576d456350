#pragma once

#include <string>
#include <string_view>

#include "mini_bert/bert/data/record_reader.h"

// The readers of each format of read_records(). `text` is UTF-8 without a byte order mark; `path` appears in messages.
namespace mini_bert {

// `separator`: the one that the extension of the file promises. `bad` may be empty; then a bad record throws.
void read_json(std::string_view text, const std::string& path, const RecordSink& sink, const BadRecordSink& bad);
void read_separated(std::string_view text, char separator, const std::string& path, const RecordSink& sink,
                    const BadRecordSink& bad);
void read_lines(std::string_view text, const RecordSink& sink);

// Removes the first line from `text` and returns it without its LF or CRLF.
std::string_view take_line(std::string_view& text);

// Whether JSON text is one value per line: its first line that is not blank is a whole object or text.
bool is_json_lines(std::string_view text);

}  // namespace mini_bert
