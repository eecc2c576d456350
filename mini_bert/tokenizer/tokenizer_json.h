#pragma once

#include "mini_bert/base/json_fields.h"
#include "mini_bert/tokenizer/tokenizer.h"

namespace mini_bert {

// Reads tokenizer.json, the format of the `tokenizers` package, as far as BERT uses it: a WordPiece model,
// BertNormalizer, BertPreTokenizer, BertProcessing or its equivalent template, a WordPiece decoder, and added tokens.
// Fills `options` and returns the vocabulary. Leaves out "truncation" and "padding". Error, with the field, when the
// file asks for anything else.
Vocabulary read_tokenizer_json(const JsonField& file, TokenizerOptions& options);

// The vocabulary of the model in tokenizer.json alone, which is all that the classes of BERT's tokenizers read of it.
Vocabulary read_vocabulary(const JsonField& file);

// The side that "truncation" of tokenizer.json cuts off, if it says one.
std::optional<Side> read_truncation_side(const JsonField& file);

// Reads one added token: content, single_word, lstrip, rstrip, normalized (default: not special), special, id.
AddedToken read_added_token(const JsonField& object, bool special);

// An id: a whole number from 0 up.
int32_t read_id(const JsonField& field);

// A limit: a number from 1 up. A number too large for int32_t gives its maximum, because transformers writes 1e30 for
// "no limit".
int32_t read_limit(const JsonField& field);

}  // namespace mini_bert
