#pragma once

#include <filesystem>
#include <optional>

#include "mini_bert/bert/predict/embed.h"

namespace mini_bert {

// Reads from the folder of a sentence-transformers model how its vectors are made. modules.json lists the steps:
// Transformer first, then Pooling, then perhaps Normalize, each with its settings in its own folder.
// config_sentence_transformers.json has prompts and the number of numbers that are kept. `prompt_name` chooses a
// prompt; empty: default_prompt_name of the file. Returns nothing for a folder without modules.json. Throws Error when
// the model asks for something that mini_bert does not have, because the vectors would differ from those of the model.
std::optional<EmbedOptions> read_sentence_folder(const std::filesystem::path& folder, const Tokenizer& tokenizer,
                                                 const std::string& prompt_name = "");

}  // namespace mini_bert
