#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "mini_bert/bert/bert_config.h"
#include "mini_bert/bert/data/data_source.h"
#include "mini_bert/bert/data/dataset.h"
#include "mini_bert/bert/data/dropped_rows.h"
#include "mini_bert/bert/data/text_columns.h"

namespace mini_bert {

// A text, or a pair of texts, with its labels.
struct LabelledText {
  std::string text;
  std::string pair;                 // empty: no second text
  std::vector<std::string> labels;  // one label, or any number if texts have several; numbers as in the file
  std::size_t line = 0;             // line of the file, from 1
};

struct LabelOptions {
  std::string text = {}, pair = {}, label = {};  // columns; empty: decide_columns() decides
  bool several = false;                          // a text may have any number of labels
  bool numbers = false;                          // the label is a number, for regression
  // The labels of the model that is trained. They name the entries of a vector of zeros and ones; without them, or
  // where their number is another, the names are LABEL_0, LABEL_1, …
  std::vector<std::string> known_labels = {};
  // The file holds training data, also if it is not the first such file: it may have labels of its own.
  bool is_training = false;
};

struct LabelledFile {
  std::vector<LabelledText> texts;
  TextColumns columns;
  // Rows without a text, and up to 1 % whose text or label cannot be used. In a validation file that includes labels
  // that neither the training file nor the model has, because a model that cannot learn a label cannot be measured on
  // it.
  DroppedRows dropped;
  // Every label that the texts can have. With vectors of zeros and ones, one label for each entry, also if no text has
  // it.
  std::vector<std::string> labels;
  bool has_vectors = false;
};

// Reads a data file in a format of read_records(). A label is a text, a number, true or false; white space around it is
// dropped. With `several`, a text has a list of labels (read_label_list()), or a vector of zeros and ones if that is
// what every text has. Where at most 5 % of the labels are "-", and in a validation file if "-" is no label of the
// model, these texts have no label and are left out. A line of a .txt file is a text, a tab and its label, or the other
// way round if its parts say so. `training` is the training file that was read first. Its columns are read, and its
// kind of labels. Throws Error, naming file and line, when a column is missing or more than 1 % of the texts have no
// label.
LabelledFile read_labelled_texts(const DataSource& source, const LabelOptions& options,
                                 const LabelledFile* training = nullptr);

// Every label that occurs, as sorted_labels().
std::vector<std::string> distinct_labels(const std::vector<LabelledText>& texts);

// Each label once, sorted by value if all labels are numbers, by code points otherwise.
std::vector<std::string> sorted_labels(std::vector<std::string> labels);

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
