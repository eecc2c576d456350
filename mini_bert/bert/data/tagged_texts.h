#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "mini_bert/bert/bert_config.h"
#include "mini_bert/bert/data/data_source.h"
#include "mini_bert/bert/data/dataset.h"
#include "mini_bert/bert/data/dropped_rows.h"
#include "mini_bert/bert/data/text_columns.h"

namespace mini_bert {

// The words of a text (for Chinese, its characters), each with its tag.
struct TaggedText {
  std::vector<std::string> words, tags;
  std::size_t line = 0;      // line of the file where the text begins, from 1
  std::string problem = {};  // why the text cannot be read, with its place; only from read_words()
  std::string id = {};       // Record::id(); only from read_words()
};

// Keys of a .json or .jsonl file. They are decided from its first sound record and read from all.
struct TagColumns {
  std::string words = {};  // empty: the first of "tokens", "words", "chars" and "text"; with spans, "text"
  std::string tags = {};   // empty: the first of "tags", "ner_tags", "labels", "label", "ner", "entities" and "spans"
  // The file holds training data, also if it is not the first such file: it may have tags of its own.
  bool is_training = false;
};

struct TaggedFile {
  std::vector<TaggedText> texts;
  // Where words (text) and tags (label) were read: keys, or numbers of columns if a table has more than two.
  TextColumns columns;
  bool has_keys = false;            // a .json or .jsonl file
  std::vector<std::string> labels;  // every tag that occurs, sorted by code points
  // Up to 1 %: texts that have a word without a tag or a span outside of the text. In a validation file also texts with
  // a tag that neither the training file nor the model has.
  DroppedRows dropped;
};

// Reads tagged texts. The formats:
//   .json, .jsonl   records with an array of words and an array of tags, or with texts in place of the arrays, as in
//                   sentences below; or with a text and its spans in characters:
//                   [[begin, end, type], …] or [{"start", "end", "label"}, …], as Label Studio, doccano and Prodigy
//                   export them; {type: {words: [[first, last], …]}, …}, as in CLUENER; or Label Studio's whole export
//   CoNLL           one word per line: the word is in the first column and its tag in the last, white space separates
//                   the columns, and an empty line follows each text. A line that begins with "#" and is no row of the
//                   table is a comment. A word may be a blank. White space at the end of a line is dropped
//   CoNLL-U         CoNLL with ten columns between tabs: the second is the word, the fourth its part of speech
//   word/TAG        one text per line: every word is followed by a "/" and its tag
//   sentences       one text per line: its words, a tab and their tags, with blanks between words and between tags; or
//                   a text without blanks, whose characters are the words
// A first line that names the columns ("word<TAB>tag") is skipped.
// If every word of a file is one character and a number, as in Weibo NER, the number is the character's position in a
// word and is dropped. `training` is the training file that was read first: its keys are read. `known_labels` are
// the labels of the model. Throws Error, naming file and line, when more than 1 % of the texts are bad.
TaggedFile read_tagged_texts(const DataSource& source, const TagColumns& columns, const TaggedFile* training = nullptr,
                             const std::vector<std::string>& known_labels = {});

// The texts of a file that holds words in place of texts, for a model that tags them: a file of words and tags as
// above, whose tags are `labels` of the model or follow a scheme such as BIO, or records with an array of words
// (`words` names its column; empty: a usual name), which need no tags. A text that cannot be read has a problem.
// nullopt when the file holds texts.
std::optional<std::vector<TaggedText>> read_words(const DataSource& source, const std::string& words,
                                                  const std::vector<std::string>& labels);

// Every tag that occurs, once, sorted by code points.
std::vector<std::string> distinct_tags(const std::vector<TaggedText>& texts);

// Texts as sequences [CLS] … [SEP], cut to max_length tokens. The first token of a word carries the word's tag, as in
// transformers' run_ner.py. The other tokens, [CLS] and [SEP] have ignore_index.
struct TaggingSet {
  Dataset data;
  std::vector<std::vector<std::int32_t>> labels;  // for each token of each sequence
};

// `path` appears in messages. Throws Error, naming the line, for a tag that config.labels does not list.
TaggingSet make_tagging_set(const std::vector<TaggedText>& texts, const Tokenizer& tokenizer, const BertConfig& config,
                            Index max_length, const std::string& path);

// The number of words that have each tag 0 … labels−1.
std::vector<Index> label_counts(const TaggingSet& set, Index labels);

}  // namespace mini_bert
