#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace mini_bert {

// A file or folder that comes with the program, such as "data/guard-zh.jsonl" or "models/mini-bert-zh". Looks beside
// the running program and in the folders above it, in each for `name` (as in the repository) and for
// share/mini_bert/`name` (as in an installation). Nothing when it is in none of them.
std::optional<std::filesystem::path> shipped(const std::string& name);

// The folder of a model that comes with the program, for "mini-bert-zh" and "models/mini-bert-zh". Returns `model`
// itself when it exists, or when no such model comes with the program.
std::string shipped_model_or(const std::string& model);

}  // namespace mini_bert
