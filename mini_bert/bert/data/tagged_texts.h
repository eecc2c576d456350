#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "mini_bert/bert/bert_config.h"
#include "mini_bert/bert/data/dataset.h"

namespace mini_bert {

// A text in words (for Chinese, characters), each with its tag.
struct TaggedText {
  std::vector<std::string> words, tags;
  std::size_t line = 0;  // of the file, from 1, where it begins
};

struct TagColumns {
  std::string words;  // of a .json or .jsonl file; empty: "tokens"
  std::string tags;   // empty: "tags" if there is such a column, else "ner_tags"
};

// Reads tagged texts. A .json or .jsonl file has an array of words and one of tags in each record; any other file a
// word a line, first its text, last its tag, white space between all columns, and an empty line after each text
// (CoNLL). Where every word of a file is one character and a number, as in Weibo NER, the number is its place in a word
// and is dropped. Error, naming file and line, for a word without a tag.
std::vector<TaggedText> read_tagged_texts(const std::filesystem::path& path, const TagColumns& columns);

// Every tag that occurs, once, by code points.
std::vector<std::string> distinct_tags(const std::vector<TaggedText>& texts);

// Texts as sequences, [CLS] … [SEP], cut at max_length. A word's first token carries its tag, as in transformers'
// run_ner.py; the others, [CLS] and [SEP] have ignore_index.
struct TaggingSet {
  Dataset data;
  std::vector<std::vector<std::int32_t>> labels;  // for each token of each sequence
};

// `path` is for messages. Error, naming the line, for a tag that config.labels does not list.
TaggingSet make_tagging_set(const std::vector<TaggedText>& texts, const Tokenizer& tokenizer, const BertConfig& config,
                            Index max_length, const std::string& path);

// How many words have each of `labels` tags.
std::vector<Index> label_counts(const TaggingSet& set, Index labels);

}  // namespace mini_bert
