#pragma once

#include <filesystem>
#include <optional>

#include "mini_bert/bert/predict/embed.h"

namespace mini_bert {

// How the vectors of a sentence-transformers model are made, as its folder says: modules.json lists the steps, the one
// of type Transformer first, then Pooling, whose folder's config.json says how, then perhaps Normalize;
// sentence_bert_config.json says after how many tokens a text is cut. A folder without modules.json says nothing.
// Error when the model has steps or a pooling that mini_bert does not have: its vectors would be others.
std::optional<EmbedOptions> read_sentence_folder(const std::filesystem::path& folder, const Tokenizer& tokenizer);

}  // namespace mini_bert
