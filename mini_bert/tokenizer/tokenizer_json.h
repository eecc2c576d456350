#pragma once

#include "mini_bert/base/json_fields.h"
#include "mini_bert/tokenizer/tokenizer.h"

namespace mini_bert {

// Reads tokenizer.json, the format of the `tokenizers` package, as far as BERT uses it: a WordPiece model,
// BertNormalizer, BertPreTokenizer, BertProcessing or its equivalent template, and a WordPiece decoder or none. Of the
// tokens that the post-processor puts around a text, their ids count, as in the package, and not their names.
// Fills `options` and returns the vocabulary. Leaves out "truncation", "padding" and added tokens. Error, with the
// field, when the file asks for anything else.
Vocabulary read_tokenizer_json(const JsonField& file, TokenizerOptions& options);

// The vocabulary of the model in tokenizer.json alone, which is all that the classes of BERT's tokenizers read of it.
Vocabulary read_vocabulary(const JsonField& file);

// The side that "truncation" of tokenizer.json cuts off, if it says one.
void read_truncation(const JsonField& truncation, TokenizerOptions& options);

// Reads one added token: content, single_word, lstrip, rstrip, normalized (default: not special), special, id.
// Keys that nobody knows are added to options.unknown_keys.
AddedToken read_added_token(const JsonField& object, bool special, TokenizerOptions& options);

// An id: a whole number from 0 up.
int32_t read_id(const JsonField& field);

// A limit: a number from 1 up. A number too large for int32_t gives its maximum, because transformers writes 1e30 for
// "no limit".
int32_t read_limit(const JsonField& field);

}  // namespace mini_bert
