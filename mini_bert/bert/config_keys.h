#pragma once

#include "mini_bert/base/known_keys.h"

namespace mini_bert {

extern const KnownKeys config_keys;  // the keys of config.json, and what mini_bert does with each

}  // namespace mini_bert
