#pragma once

#include "mini_bert/base/known_keys.h"
#include "mini_bert/tokenizer/tokenizer.h"

namespace mini_bert {

// The keys of a tokenizer's files, and what mini_bert does with each.
extern const KnownKeys tokenizer_config_keys;    // tokenizer_config.json
extern const KnownKeys tokenizer_json_keys;      // tokenizer.json
extern const KnownKeys special_tokens_map_keys;  // special_tokens_map.json

// The keys of the objects in tokenizer.json. For the general class all of them decide; BERT's classes read `vocab`, the
// direction of `truncation` and the added tokens alone.
extern const KnownKeys json_model_keys;
extern const KnownKeys json_normalizer_keys;
extern const KnownKeys json_pre_tokenizer_keys;
extern const KnownKeys json_bert_processing_keys;
extern const KnownKeys json_template_processing_keys;
extern const KnownKeys json_template_token_keys;  // one of the template's special_tokens
extern const KnownKeys json_decoder_keys;
extern const KnownKeys json_truncation_keys;
extern const KnownKeys json_padding_keys;
extern const KnownKeys added_token_keys;  // a token with its settings, in any of the files

// Error when an object has a refused key with another value than the supported one. Keys that the table does not have
// are added to options.unknown_keys, each once.
void check_tokenizer_keys(const JsonField& object, const KnownKeys& known, TokenizerOptions& options);

}  // namespace mini_bert
