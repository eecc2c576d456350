#include "apps/console/missing_model.h"

#include <algorithm>
#include <filesystem>
#include <vector>

#include <fmt/core.h>

#include "apps/console/command_line.h"
#include "mini_bert/base/error.h"
#include "mini_bert/base/folder.h"
#include "mini_bert/base/foreign_error.h"
#include "mini_bert/files/model_folder.h"

namespace mini_bert {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> folders_in(const fs::path& parent) {
  std::error_code ignored;
  const fs::path place = parent.empty() ? fs::path(".") : parent;
  std::vector<std::string> names = names_in(place, ignored);
  std::erase_if(names, [&](const std::string& name) { return !fs::is_directory(place / name, ignored); });
  return names;
}

// Continues from a folder that exists with the rest of a path, first as it is spelled, then with slips.
std::string nearest_below(const fs::path& found, fs::path::const_iterator part, fs::path::const_iterator end) {
  if (part == end) return found.string();
  if (part->empty()) return nearest_below(found, std::next(part), end);
  std::error_code ignored;
  std::string result;
  if (fs::is_directory(found / *part, ignored)) result = nearest_below(found / *part, std::next(part), end);
  if (!result.empty()) return result;
  std::vector<std::string> others = folders_in(found);
  std::erase(others, part->string());
  const std::string nearest = nearest_word(part->string(), others);
  return nearest.empty() ? "" : nearest_below(found / nearest, std::next(part), end);
}

std::string hint(const std::string& name) {
  const std::string nearest = nearest_folder(name);
  return nearest.empty() ? "." : fmt::format("; did you mean {}?", nearest);
}

}  // namespace

std::string nearest_folder(const std::string& path) {
  const fs::path whole(path);
  return nearest_below({}, whole.begin(), whole.end());
}

bool holds_model(const std::filesystem::path& folder) {
  // A file that cannot be examined counts as existing, because reading it will say why.
  const auto has = [&](const char* file) {
    std::error_code error;
    return fs::exists(folder / file, error) || error;
  };
  return has("config.json") || has("bert_config.json") || has("modules.json");
}

void require_model_folder(const std::string& name) {
  std::error_code ignored;
  const fs::path folder(name);
  if (fs::is_regular_file(folder, ignored)) {
    fail("{}: this is a file; --model takes the folder that holds it{}", name,
         folder.has_parent_path() ? ", " + folder.parent_path().string() : ": .");
  }
  if (!fs::is_directory(folder, ignored) || holds_model(folder)) return;
  std::vector<std::string> below = folders_in(folder);
  std::ranges::sort(below);
  const auto found = std::ranges::find_if(below, [&](const std::string& sub) { return holds_model(folder / sub); });
  fail("{}: there is no model in this folder, which has no config.json{}", name,
       found == below.end() ? "; name a folder with config.json, model.safetensors and vocab.txt"
                            : fmt::format("; did you mean {}?", (folder / *found).string()));
}

void require_likely_model(const std::string& name) {
  if (name.empty() || fs::exists(status_of(name)) || is_hub_name(name)) return;
  fail(
      "{}: no such model folder{} Name a folder with config.json, model.safetensors and vocab.txt, or a model of "
      "huggingface.co, such as google-bert/bert-base-chinese",
      name, hint(name));
}

std::string missing_model(const std::string& name, const std::string& problem) {
  return fmt::format(
      "there is no folder {}{} As a model of the hub: {}. Without a network, take models/mini-bert-zh, "
      "which comes with the program; HF_ENDPOINT names a mirror of the hub",
      name, hint(name), problem);
}

}  // namespace mini_bert
