#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mini_bert/bert/data/record_reader.h"

namespace mini_bert {

// The columns that hold the text, its second text and its label. They are decided once, from the training file, and
// then read from every file.
struct TextColumns {
  std::string text = {}, pair = {}, label = {};  // empty: there is none
  // Not 0: the columns are what stands between the tabs of a .txt file, that many parts: "part 1", "part 2", … 1: a
  // .csv or .tsv file of one column whose first line is a row and no name.
  std::size_t parts = 0;

  bool operator==(const TextColumns&) const = default;
  bool empty() const { return text.empty() && pair.empty() && label.empty(); }
  // 'text: column "review", label: column "stars"'; empty when a line is the text.
  std::string described() const;
};

// What a reader wants to know.
struct ColumnRequest {
  std::string text = {}, pair = {}, label = {};  // columns that the user named
  bool takes_pair = false;                       // a second text is read where there is one
  bool takes_label = false;                      // a label is needed
  bool tabs_are_text = false;                    // a .txt file is not cut at its tabs
};

// Decides from the first records of a file. A column that the user named is taken. A label is the column "label", else
// "labels", else the only one with a usual name for labels. A text is the column "text"; else a pair with usual names
// (sentence1 and sentence2, premise and hypothesis, …), if a pair is wanted; else the only column with a usual name for
// texts (sentence, review, 内容, …); else the only column whose cells are texts. Columns of numbers, ids or few
// distinct short values hold no text, and neither does a description of the label (label_desc). Throws Error, naming
// the columns and the argument to decide with, when there is no such column or more than one, and when the first line
// of a .csv or .tsv file is no line of column names.
TextColumns decide_columns(std::span<const Record> sample, const ColumnRequest& request, const std::string& path);

// The same for the lines of a .txt file, whose columns are the parts between its tabs. Empty when a line is the text.
TextColumns decide_parts(std::span<const Record> sample, const ColumnRequest& request, const std::string& path);

// Whether the first line of a .csv or .tsv file of one column is a row like the others, and no name. It is a name if it
// is `named` or a usual name, if it is shorter than every row, and if it is one ASCII word and most rows are not.
bool first_line_is_row(std::span<const Record> sample, const std::string& named, const std::string& path);

// Whether a line of a .txt file names the parts of the others: usual names with tabs between them.
bool names_parts(std::string_view line);

// The parts of a line between its tabs. Of two parts, one may hold tabs: the first or, if `text_is_last`, the second.
std::vector<std::string> split_parts(std::string_view line, std::size_t count, bool text_is_last);

}  // namespace mini_bert
