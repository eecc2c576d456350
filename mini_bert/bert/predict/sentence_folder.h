#pragma once

#include <filesystem>
#include <optional>

#include "mini_bert/bert/predict/embed.h"

namespace mini_bert {

// Reads from the folder of a sentence-transformers model how its vectors are made. modules.json lists the steps:
// Transformer first, then Pooling, then perhaps Normalize. config.json in the folder of Pooling gives the kind of
// pooling. sentence_bert_config.json gives the number of tokens after which a text is cut. Returns nothing for a folder
// without modules.json. Throws Error when the model has steps or a pooling that mini_bert does not have, because the
// vectors would differ from those of the model.
std::optional<EmbedOptions> read_sentence_folder(const std::filesystem::path& folder, const Tokenizer& tokenizer);

}  // namespace mini_bert
