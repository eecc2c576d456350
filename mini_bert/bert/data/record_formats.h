#pragma once

#include <string>
#include <string_view>

#include "mini_bert/bert/data/record_reader.h"

// The readers of each format of read_records(). `text` has no byte order mark and is UTF-8 or, if `bad` is given, may
// have lines that are not. `path` appears in messages.
namespace mini_bert {

// `separator`: the one that the extension of the file promises. `bad` may be empty; then a bad record throws.
void read_json(std::string_view text, const std::string& path, const RecordSink& sink, const BadRecordSink& bad);
void read_separated(std::string_view text, char separator, const std::string& path, const RecordSink& sink,
                    const BadRecordSink& bad);
void read_lines(std::string_view text, const std::string& path, const RecordSink& sink, const BadRecordSink& bad);

// Throws Error if the text, which begins in `line` of the file, is not UTF-8.
void require_utf8_line(std::string_view text, const std::string& path, std::size_t line);

// Removes the first line from `text` and returns it without its LF or CRLF.
std::string_view take_line(std::string_view& text);

// Whether JSON text is one value per line: its first line that is not blank is a whole value and others follow, or the
// whole is no JSON and does not begin like an array.
bool is_json_lines(std::string_view text);

}  // namespace mini_bert
