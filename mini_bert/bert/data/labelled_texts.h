#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "mini_bert/bert/bert_config.h"
#include "mini_bert/bert/data/dataset.h"

namespace mini_bert {

// A text, or a pair of texts, with its labels.
struct LabelledText {
  std::string text;
  std::string pair;                 // empty: no second text
  std::vector<std::string> labels;  // one label, or any number if texts have several; numbers as in the file
  std::size_t line = 0;             // line of the file, from 1
};

struct LabelColumns {
  // Empty: the column "text" or, if there is none, the first column that holds text and is not the label or the pair.
  std::string text = {};
  std::string pair = {};   // empty: no second text
  std::string label = {};  // empty: the column "label" or, if there is none, "labels"
};

// Reads a data file in a format of read_records(). A line of a .txt file is a text, a tab and its label. A label is a
// text, a number, true or false. With `several`, a text may also have a JSON array of labels or a text of labels
// separated by commas. Blank texts are dropped. Throws Error, naming file and line, when a column is missing or a text
// has no label.
std::vector<LabelledText> read_labelled_texts(const std::filesystem::path& path, const LabelColumns& columns,
                                              bool several);

// Every label that occurs, once. Sorted by value if all labels are numbers, by code points otherwise.
std::vector<std::string> distinct_labels(const std::vector<LabelledText>& texts);

// The sequences of texts, [CLS] A [SEP] or [CLS] A [SEP] B [SEP], cut to max_length tokens, and their labels as
// numbers.
struct ClassificationSet {
  Dataset data;
  // For each sequence: the index of its label; with several labels per text, 0 or 1 for each label; in regression, the
  // number itself.
  std::vector<std::vector<double>> targets;
};

// `path` appears in messages. Throws Error, naming the line, for a label that config.labels does not list, because a
// model that cannot learn a label cannot be measured on it. In regression, throws Error for a label that is not a
// number.
ClassificationSet make_classification_set(const std::vector<LabelledText>& texts, const Tokenizer& tokenizer,
                                          const BertConfig& config, Index max_length, const std::string& path);

// The number of texts that have each label 0 … labels−1. The texts have one label or several, not numbers.
std::vector<Index> label_counts(const ClassificationSet& set, ProblemType problem, Index labels);

}  // namespace mini_bert
