#pragma once

#include "mini_bert/base/known_keys.h"

namespace mini_bert {

// The keys of sentence-transformers' files, and what mini_bert does with each.
extern const KnownKeys modules_keys;             // an entry of modules.json
extern const KnownKeys sentence_config_keys;     // config_sentence_transformers.json
extern const KnownKeys sentence_encoder_keys;    // sentence_bert_config.json
extern const KnownKeys sentence_pooling_keys;    // config.json in the folder of Pooling
extern const KnownKeys sentence_normalize_keys;  // config.json in the folder of Normalize

}  // namespace mini_bert
