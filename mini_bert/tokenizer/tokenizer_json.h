#pragma once

#include "mini_bert/base/json_fields.h"
#include "mini_bert/tokenizer/tokenizer.h"

namespace mini_bert {

// Reads tokenizer.json, the format of the `tokenizers` package, as far as BERT uses it: a WordPiece model,
// BertNormalizer, BertPreTokenizer, BertProcessing or its equivalent template, a WordPiece decoder, and added tokens.
// Fills `options` and returns the vocabulary. Ignores "truncation" and "padding", which EncodeOptions sets. Error, with
// the field, when the file asks for anything else.
Vocabulary read_tokenizer_json(const JsonField& file, TokenizerOptions& options);

// Reads one added token: content, single_word, lstrip, rstrip, normalized (default: not special), special, id.
AddedToken read_added_token(const JsonField& object, bool special);

// An id: a whole number from 0 up.
int32_t read_id(const JsonField& field);

// A limit: a number from 1 up. A number too large for int32_t gives its maximum, because transformers writes 1e30 for
// "no limit".
int32_t read_limit(const JsonField& field);

}  // namespace mini_bert
