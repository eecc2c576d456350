#pragma once

#include <span>
#include <string>
#include <vector>

#include "mini_bert/bert/model/heads.h"
#include "mini_bert/tokenizer/tokenizer.h"

namespace mini_bert {

// How tokens become entities, by the names of transformers' token-classification pipeline:
//   none      every token with its own tag
//   simple    neighbouring tokens of one type are one entity; a B begins another
//   first, average, max   the same for whole words, which get the tag of their first token, that of the mean of its
//             tokens' probabilities, or that of the surest token
enum class Aggregation { none, simple, first, average, max };

struct TaggedSpan {
  std::string entity;  // the tag; its type alone ("PER") unless Aggregation::none
  double score;        // probability, the mean over the parts of an entity
  Index index;         // of the token, counting from [CLS]; Aggregation::none only
  std::string word;    // the tokens as text
  Index begin, end;    // code points of the text
};

// What a tagger finds in each text, outside "O", in order. Besides B and I, the letters E, M and S of BMES and BIOES
// tags are understood, which transformers takes for other types. Texts longer than the model reads are cut.
std::vector<std::vector<TaggedSpan>> tag(const BertForTokenClassification& model, const Tokenizer& tokenizer,
                                         std::span<const std::string> texts, Aggregation aggregation);

}  // namespace mini_bert
