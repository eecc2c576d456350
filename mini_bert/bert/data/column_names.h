#pragma once

#include <string>
#include <string_view>

// Usual names of columns. Upper case and blanks do not matter.
namespace mini_bert {

bool is_text_name(std::string_view name);   // "sentence", "Review", "内容"
bool is_label_name(std::string_view name);  // "label", "class", "情感"
// Whether a name says that the column has something to do with the label: also "label_desc".
bool belongs_to_label(std::string_view name);
// Whether two columns are the first and the second text of a pair: "sentence1" and "sentence2", "premise" and
// "hypothesis".
bool are_pair_names(std::string_view first, std::string_view second);

}  // namespace mini_bert
