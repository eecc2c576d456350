#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "mini_bert/bert/bert_config.h"
#include "mini_bert/bert/data/dataset.h"
#include "mini_bert/bert/data/dropped_rows.h"

namespace mini_bert {

// The words of a text (for Chinese, its characters), each with its tag.
struct TaggedText {
  std::vector<std::string> words, tags;
  std::size_t line = 0;  // line of the file where the text begins, from 1
};

struct TagColumns {
  std::string words;  // key of a .json or .jsonl file; empty: the first of "tokens", "words", "chars" and "text"
  std::string tags;   // empty: the first of "tags", "ner_tags", "labels", "label", "ner", "entities" and "spans"
};

struct TaggedFile {
  std::vector<TaggedText> texts;
  DroppedRows dropped;  // up to 1 %: texts that have a word without a tag or a span outside of the text
};

// Reads tagged texts. The formats:
//   .json, .jsonl   records with an array of words and an array of tags; or with a text and its spans, [[begin, end,
//   type],
//                   …] or [{"start", "end", "label"}, …], ranges in characters, as Label Studio and doccano export them
//   CoNLL           one word per line: the word is in the first column and its tag in the last, white space separates
//                   the columns, and an empty line follows each text. A line that begins with "#" and is no row of the
//                   table is a comment. A word may be a blank. White space at the end of a line is dropped
//   CoNLL-U         CoNLL with ten columns between tabs: the second is the word, the fourth its part of speech
//   word/TAG        one text per line: every word is followed by a "/" and its tag
// If every word of a file is one character and a number, as in Weibo NER, the number is the character's position in a
// word and is dropped. Throws Error, naming file and line, when more than 1 % of the texts have a word without a tag.
TaggedFile read_tagged_texts(const std::filesystem::path& path, const TagColumns& columns);

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
