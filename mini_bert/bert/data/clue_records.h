#pragma once

#include <string>

#include "mini_bert/bert/data/record_reader.h"

namespace mini_bert {

// Two tasks of CLUE have records whose texts alone do not say what is asked. The record gets the texts that CLUE's
// baseline reads; other records are left alone.
//   CSL   {"abst": text, "keyword": [words]}: the words become one text with blanks between them
//   WSC   {"text", "target": {"span1_text", "span1_index", "span2_text", "span2_index"}}: the text gets "_" on both
//         sides of the first span and "[" and "]" around the second. Places count code points
// `path` appears in messages. Throws Error when a span does not stand at its place.
void write_out_clue_record(Record& record, const std::string& path);

}  // namespace mini_bert
