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

// Texts as token ids, with what a person should know about how they were read.
struct Dataset {
  std::vector<Sequence> sequences;
  Index texts = 0;                                   // read
  Index tokens = 0;                                  // of `sequences`, special tokens included
  Index truncated = 0;                               // texts cut because they were longer than the model reads
  Index unknown = 0;                                 // [UNK] tokens
  std::map<std::string, Index> unknown_texts;        // what they stood for, and how often
  std::map<std::string, std::size_t> unknown_lines;  // and where each stands first
  // Where the text of each sequence begins: the line of its file, or the number of its question. Empty where sequences
  // are not texts (packed, or made of documents).
  std::vector<std::size_t> lines;
  Index longest = 0;     // tokens of the longest text before it was cut
  Index spans = 0;       // of text that is to be guessed (Sample::mask)
  Index lost_spans = 0;  // of them, those without a token to guess: cut off, or not in the vocabulary
};

// How texts become sequences. One text, one sequence, cut at max_length tokens; or packed: all texts are joined, [SEP]
// between them, and cut into blocks of exactly max_length tokens, each from [CLS] to [SEP]. What is left at the end and
// fills no block is dropped, unless it is all there is. In a text with spans to guess every token that shares a
// character with one is always guessed, the others never are (Sequence::mask_rules).
enum class Layout { text_per_sequence, packed };

Dataset make_dataset(std::span<const Sample> samples, const Tokenizer& tokenizer, Index max_length, Layout layout);

// Adds one text, or a pair of texts when `pair` is not empty, as [CLS] A [SEP] or [CLS] A [SEP] B [SEP], cut at
// max_length tokens as `Truncation::longest_first` does it. `line` is where it stands in its file.
void add_text(std::string_view text, std::string_view pair, const Tokenizer& tokenizer, Index max_length,
              Dataset& dataset, std::size_t line = 0);

// Notes a piece of text that became [UNK].
void add_unknown(std::string_view text, std::size_t line, Dataset& dataset);

}  // namespace mini_bert
