#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "mini_bert/bert/data/dataset.h"
#include "mini_bert/tensor/random.h"

namespace mini_bert {

// A text as its sentences, in order.
using Document = std::vector<std::string>;

// Reads documents to learn next sentences from. A .txt file has a sentence a line and an empty line after each
// document, as Google's BERT wants it; in any other (the formats of read_records) every text is a document and is cut
// behind 。！？ … . ! ? and line ends. Error when fewer than two documents are left: there is nothing to take a wrong
// sentence from.
std::vector<Document> read_documents(const std::filesystem::path& path, const std::string& text_column);

// Cuts a text into sentences; marks and quotes that close one stay with it.
Document split_sentences(std::string_view text);

// Neighbouring sentences that fit into one sequence together, and the document they are from.
struct Chunk {
  std::size_t document;
  std::vector<std::vector<std::int32_t>> sentences;  // token ids without special ones; one at least
};

struct PairSet {
  Dataset data;  // a sequence is a chunk as it stands: [CLS] its sentences [SEP]
  std::vector<Chunk> chunks;
};

PairSet make_pair_set(const std::vector<Document>& documents, const Tokenizer& tokenizer, Index max_length);

struct SentencePair {
  Sequence sequence;  // [CLS] A [SEP] B [SEP]
  bool is_random;     // B is from another document
};

// Makes a pair of chunk `index`: A is its first sentences, how many is drawn; B the others or, with probability ½ (and
// always if there are no others), the beginning of a chunk of another document. What is too long is cut, from the
// longer of both at a time, at its front or its end as drawn. Devlin et al. 2019, arXiv:1810.04805 §3.1 and A.2. A pure
// function of the key.
SentencePair draw_pair(const PairSet& set, Index index, const Tokenizer& tokenizer, Index max_length,
                       const RandomKey& key);

// Tokens of the pair of each chunk, at most: no key makes a longer one.
std::vector<Index> longest_pairs(const PairSet& set, Index max_length);

}  // namespace mini_bert
