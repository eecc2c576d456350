#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "mini_bert/bert/bert_config.h"
#include "mini_bert/bert/data/dataset.h"

namespace mini_bert {

// A text, or a pair of texts, with what it was labelled.
struct LabelledText {
  std::string text;
  std::string pair;                 // empty: there is none
  std::vector<std::string> labels;  // one; with several labels per text any number; numbers as they were written
  std::size_t line = 0;             // of the file, from 1
};

struct LabelColumns {
  std::string text =
      {};  // empty: "text" if there is such a column, else the first with text in it that is not the label's
  std::string pair = {};   // empty: no second text
  std::string label = {};  // empty: "label" if there is such a column, else "labels"
};

// Reads a data file (the formats are those of read_records; a line of a .txt file is a text, a tab and its label). A
// label is a text, a number, or true or false; `several`: or a JSON array of labels, or a text with commas between
// them. Texts that are blank are dropped. Error, naming file and line, when a column is missing or a text has no label.
std::vector<LabelledText> read_labelled_texts(const std::filesystem::path& path, const LabelColumns& columns,
                                              bool several);

// Every label that occurs, once: numbers by value, others by code points.
std::vector<std::string> distinct_labels(const std::vector<LabelledText>& texts);

// Texts as sequences, [CLS] A [SEP] or [CLS] A [SEP] B [SEP], cut at max_length, and their labels as numbers.
struct ClassificationSet {
  Dataset data;
  // For each sequence: the number of its label; with several labels per text 0 or 1 for each label; or the number
  // itself.
  std::vector<std::vector<double>> targets;
};

// `path` is for messages. Error, naming the line, for a label that config.labels does not list (what cannot be learned
// cannot be measured), and for one that is not a number where numbers are learned.
ClassificationSet make_classification_set(const std::vector<LabelledText>& texts, const Tokenizer& tokenizer,
                                          const BertConfig& config, Index max_length, const std::string& path);

// How many texts have each of `labels` labels; of a set whose texts have one label or several.
std::vector<Index> label_counts(const ClassificationSet& set, ProblemType problem, Index labels);

}  // namespace mini_bert
