#pragma once

#include <string>
#include <string_view>

// Usual names of columns. Upper case and blanks do not matter.
namespace mini_bert {

std::string plain_name(std::string_view name);  // in lower case, with "_" in place of blanks and dashes

bool is_text_name(std::string_view name);   // "sentence", "Review", "内容"
bool is_label_name(std::string_view name);  // "label", "class", "情感"
bool is_id_name(std::string_view name);     // "id", "guid", "编号"
// Whether a name says that the column has something to do with the label: also "label_desc".
bool belongs_to_label(std::string_view name);
// Whether a name is one of the above, or ends in one ("留言内容", "review text").
bool is_column_name(std::string_view name);
// Whether two columns are the first and the second text of a pair: "sentence1" and "sentence2", "premise" and
// "hypothesis".
bool are_pair_names(std::string_view first, std::string_view second);

}  // namespace mini_bert
