#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mini_bert/bert/data/batch.h"
#include "mini_bert/bert/data/sample_reader.h"
#include "mini_bert/tokenizer/tokenizer.h"

namespace mini_bert {

// Texts as token ids, with counts that tell a user how the texts were read.
struct Dataset {
  std::vector<Sequence> sequences;
  Index texts = 0;                                   // texts that were read
  Index tokens = 0;                                  // tokens in `sequences`, special tokens included
  Index truncated = 0;                               // texts that were cut because they were longer than max_length
  Index unknown = 0;                                 // [UNK] tokens
  std::map<std::string, Index> unknown_texts;        // the pieces of text that became [UNK], with their counts
  std::map<std::string, std::size_t> unknown_lines;  // the line of the first occurrence of each piece
  // For each sequence, the line of the file on which its text begins, or the position of its question in the file.
  // Empty when a sequence is not one text (packed, or made from documents).
  std::vector<std::size_t> lines;
  Index longest = 0;     // tokens of the longest text before truncation
  Index spans = 0;       // spans of text that the model must guess (Sample::mask)
  Index lost_spans = 0;  // spans without a token to guess: cut off, or not in the vocabulary
};

// How texts become sequences.
//   text_per_sequence  each text is one sequence, cut to max_length tokens
//   packed             all texts are joined, with [SEP] between them, and cut into blocks [CLS] … [SEP] of exactly
//                      max_length tokens. A shorter remainder at the end is dropped, unless it is the only block. A
//                      tokenizer that adds no special tokens gets none here either.
// In a text with spans to guess, the model always guesses the tokens that share a character with a span, and never
// guesses the others (Sequence::mask_rules).
enum class Layout { text_per_sequence, packed };

Dataset make_dataset(std::span<const Sample> samples, const Tokenizer& tokenizer, Index max_length, Layout layout);

// What a model reads of an encoded text or pair. All types are 0 if the tokenizer does not use them.
Sequence sequence_of(const Encoding& encoding, const Tokenizer& tokenizer);

// Adds one text as [CLS] A [SEP] or, if `pair` is not empty, a pair of texts as [CLS] A [SEP] B [SEP]. Cuts the
// sequence to max_length tokens with `Truncation::longest_first`. `line` is the line of the text in its file.
void add_text(std::string_view text, std::string_view pair, const Tokenizer& tokenizer, Index max_length,
              Dataset& dataset, std::size_t line = 0);

// Counts a piece of text that became [UNK], and keeps the line of its first occurrence.
void add_unknown(std::string_view text, std::size_t line, Dataset& dataset);

}  // namespace mini_bert
