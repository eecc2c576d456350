#pragma once

#include <span>
#include <string>
#include <vector>

#include "mini_bert/bert/model/heads.h"
#include "mini_bert/tokenizer/tokenizer.h"

namespace mini_bert {

// How tokens become entities. The names are those of transformers' token-classification pipeline.
//   none     every token has its own tag
//   simple   adjacent tokens of one type are one entity; a B begins another entity
//   first    as simple, but for whole words; a word has the tag of its first token
//   average  the same, but a word has the tag with the highest mean probability over its tokens
//   max      the same, but a word has the tag of its token with the highest probability
enum class Aggregation { none, simple, first, average, max };

struct TaggedSpan {
  std::string entity;  // the type of the tag ("PER"); the whole tag for Aggregation::none
  double score;        // probability; for an entity, the mean over its parts
  Index index;         // position of the token, counting from [CLS]; Aggregation::none only
  std::string word;    // the tokens as text
  Index begin, end;    // in code points of the text
};

// The tagged tokens or entities of each text, in order, without those tagged "O". Besides B and I, the letters E, M and
// S of BMES and BIOES tags are understood; transformers takes tags with these letters for other types. Texts longer
// than the model reads are cut.
std::vector<std::vector<TaggedSpan>> tag(const BertForTokenClassification& model, const Tokenizer& tokenizer,
                                         std::span<const std::string> texts, Aggregation aggregation);

}  // namespace mini_bert
