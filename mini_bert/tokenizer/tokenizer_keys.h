#pragma once

#include "mini_bert/base/known_keys.h"

namespace mini_bert {

// The keys of a tokenizer's files, and what mini_bert does with each.
extern const KnownKeys tokenizer_config_keys;    // tokenizer_config.json
extern const KnownKeys tokenizer_json_keys;      // tokenizer.json
extern const KnownKeys special_tokens_map_keys;  // special_tokens_map.json

}  // namespace mini_bert
