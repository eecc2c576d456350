#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mini_bert/bert/data/data_source.h"
#include "mini_bert/bert/data/dataset.h"
#include "mini_bert/bert/data/dropped_rows.h"
#include "mini_bert/bert/data/text_columns.h"
#include "mini_bert/tensor/random.h"

namespace mini_bert {

// The sentences of a text, in order.
using Document = std::vector<std::string>;

struct DocumentFile {
  std::vector<Document> documents;
  TextColumns columns;  // the columns that were read; empty for a file of bare texts
  DroppedRows dropped;  // rows without a text, and up to 1 % that have something else in its place
};

// Reads documents for next sentence prediction. A .txt file has one sentence per line and an empty line after each
// document, as in Google's BERT. In the other formats of read_records(), each text is a document and is cut after
// 。！？ … . ! ? and line ends. Throws Error when there is no document.
// `decided`: the columns of the training file, for the validation file.
DocumentFile read_documents(const DataSource& source, const std::string& text_column,
                            const std::optional<TextColumns>& decided = {});

// Cuts a text into sentences. Marks and quotes that close a sentence stay with it.
Document split_sentences(std::string_view text);

// Consecutive sentences that fit into one sequence together, and the index of their document.
struct Chunk {
  std::size_t document;
  std::vector<std::vector<std::int32_t>> sentences;  // token ids without special tokens; at least one sentence
};

struct PairSet {
  Dataset data;  // one sequence for each chunk: [CLS] its sentences [SEP]
  std::vector<Chunk> chunks;
};

PairSet make_pair_set(const std::vector<Document>& documents, const Tokenizer& tokenizer, Index max_length);

struct SentencePair {
  Sequence sequence;  // [CLS] A [SEP] B [SEP]
  bool is_random;     // B is from another document
};

// Draws a pair from chunk `index`. A is a random number of its first sentences. B is the other sentences or, with
// probability ½ (and always if there are no others), the beginning of a chunk of another document. While the pair is
// too long, the longer of A and B loses one token, at random from its front or its end. Devlin et al. 2019,
// arXiv:1810.04805 §3.1 and A.2. The pair is a pure function of the key.
SentencePair draw_pair(const PairSet& set, Index index, const Tokenizer& tokenizer, Index max_length,
                       const RandomKey& key);

// An upper bound on the tokens of the pair of each chunk, for all keys.
std::vector<Index> longest_pairs(const PairSet& set, Index max_length);

}  // namespace mini_bert
