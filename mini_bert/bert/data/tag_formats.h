#pragma once

#include <string>
#include <string_view>

#include "mini_bert/bert/data/record_reader.h"
#include "mini_bert/bert/data/tagged_texts.h"

// The formats of read_tagged_texts(). `path` appears in messages.
namespace mini_bert {

// A table with a word per line, or texts of word/TAG, one per line.
TaggedFile read_tag_lines(std::string_view text, const std::string& path);

// Label Studio's whole export, {"data": {"text"}, "annotations": [{"result": [{"value": {"start", "end",
// "labels"}}]}]}, becomes a record with a text and its spans. Other records are left alone.
void unpack_annotations(Record& record, const std::string& path);

// The columns of words and tags in a record, if it has both. Throws Error if it has not.
TagColumns decide_tag_columns(const Record& record, const TagColumns& named, const std::string& path);

// A record with an array of words and an array of tags, or with a text and its spans, in the decided columns. Throws
// Error for any other.
TaggedText read_tag_record(const Record& record, const TagColumns& columns, const std::string& path);

}  // namespace mini_bert
