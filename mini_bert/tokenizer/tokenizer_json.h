#pragma once

#include "mini_bert/tokenizer/json_fields.h"
#include "mini_bert/tokenizer/tokenizer.h"

namespace mini_bert {

// Reads tokenizer.json, the format of the `tokenizers` package, as far as BERT uses it: a WordPiece model,
// BertNormalizer, BertPreTokenizer, BertProcessing or the same as a template, a WordPiece decoder, added tokens. Fills
// `options` and returns the vocabulary. "truncation" and "padding" are left to EncodeOptions. Throws TokenizerError
// naming the field that asks for something else.
Vocabulary read_tokenizer_json(const JsonFields& file, TokenizerOptions& options);

// Reads one added token: content, single_word, lstrip, rstrip, normalized (default: not special), special, id.
AddedToken read_added_token(const JsonFields& fields, bool special);

}  // namespace mini_bert
