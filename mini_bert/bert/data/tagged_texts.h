#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "mini_bert/bert/bert_config.h"
#include "mini_bert/bert/data/dataset.h"

namespace mini_bert {

// The words of a text (for Chinese, its characters), each with its tag.
struct TaggedText {
  std::vector<std::string> words, tags;
  std::size_t line = 0;  // line of the file where the text begins, from 1
};

struct TagColumns {
  std::string words;  // column of a .json or .jsonl file; empty: "tokens"
  std::string tags;   // empty: the column "tags" or, if there is none, "ner_tags"
};

// Reads tagged texts. A record of a .json or .jsonl file has an array of words and an array of tags. Any other file has
// one word per line: the word is in the first column and its tag in the last, white space separates the columns, and an
// empty line follows each text (CoNLL). If every word of a file is one character and a number, as in Weibo NER, the
// number is the character's position in a word and is dropped. Throws Error, naming file and line, for a word without a
// tag.
std::vector<TaggedText> read_tagged_texts(const std::filesystem::path& path, const TagColumns& columns);

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
