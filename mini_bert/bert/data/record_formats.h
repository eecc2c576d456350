#pragma once

#include <string>
#include <string_view>

#include "mini_bert/bert/data/record_reader.h"

// The readers of each format of read_records(). `text` is UTF-8 without a byte order mark; `path` appears in messages.
namespace mini_bert {

void read_json_array(std::string_view text, const std::string& path, const RecordSink& sink);
void read_json_lines(std::string_view text, const std::string& path, const RecordSink& sink);
void read_separated(std::string_view text, char separator, const std::string& path, const RecordSink& sink);
void read_lines(std::string_view text, const RecordSink& sink);

// Removes the first line from `text` and returns it without its LF or CRLF.
std::string_view take_line(std::string_view& text);

}  // namespace mini_bert
