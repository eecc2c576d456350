#include "mini_bert/files/model_folder.h"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include "mini_bert/base/file_error.h"
#include "mini_bert/base/foreign_error.h"
#include "mini_bert/base/json.h"
#include "mini_bert/base/json_fields.h"
#include "mini_bert/base/text_file.h"

namespace mini_bert {
namespace {

namespace fs = std::filesystem;

std::optional<fs::path> from_environment(const char* variable) {
  const char* const value = std::getenv(variable);
  return value == nullptr || *value == '\0' ? std::nullopt : std::optional<fs::path>(value);
}

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// A commit is 40 hexadecimal digits. Anything else in refs/main must not become part of a path.
std::string read_commit(const fs::path& ref) {
  std::string text = read_text_file(ref, 1000);
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ')) text.pop_back();
  const bool hexadecimal =
      std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
  require(text.size() == 40 && hexadecimal, "{}: holds {}, expected a commit of 40 digits; download the model again",
          ref.string(), in_quotes(text));
  return text;
}

}  // namespace

bool is_hub_name(std::string_view name) {
  if (name.empty() || name.size() > 96 || std::ranges::count(name, '/') > 1) return false;
  const bool good_letters = std::ranges::all_of(
      name, [](char c) { return is_letter_or_digit(c) || c == '.' || c == '-' || c == '_' || c == '/'; });
  const std::string_view last = name.substr(name.find('/') + 1);
  const auto good_ends = [](std::string_view part) {
    return !part.empty() && part.front() != '.' && part.front() != '-' && part.back() != '.' && part.back() != '-';
  };
  return good_letters && name.find("--") == name.npos && name.find("..") == name.npos && good_ends(last) &&
         (last.size() == name.size() || good_ends(name.substr(0, name.find('/'))));
}

fs::path hub_cache() {
  if (const auto cache = from_environment("HF_HUB_CACHE")) return *cache;
  if (const auto home = from_environment("HF_HOME")) return *home / "hub";
  const fs::path user_cache =
      from_environment("XDG_CACHE_HOME").value_or(from_environment("HOME").value_or("/") / ".cache");
  return user_cache / "huggingface" / "hub";
}

std::string hub_folder_name(std::string_view name) {
  std::string folder = "models--" + std::string(name);
  if (const std::size_t slash = folder.find('/'); slash != folder.npos) folder.replace(slash, 1, "--");
  return folder;
}

std::optional<fs::path> cached_snapshot(std::string_view name) {
  std::error_code ignored;  // a path that cannot be examined counts as missing
  const fs::path model = hub_cache() / hub_folder_name(name);
  const fs::path ref = model / "refs" / "main";
  if (!fs::exists(ref, ignored)) return std::nullopt;
  const fs::path snapshot = model / "snapshots" / read_commit(ref);
  if (!fs::is_directory(snapshot, ignored)) return std::nullopt;
  return snapshot;
}

fs::path find_model(const fs::path& name) {
  if (fs::is_directory(status_of(name))) return name;
  constexpr std::string_view needed = "a folder with config.json, model.safetensors and vocab.txt is needed";
  require(is_hub_name(name.string()), "{}: no such model folder; {}", name.string(), needed);
  const auto snapshot = cached_snapshot(name.string());
  require(snapshot.has_value(),
          "{}: no such model folder, nor a snapshot in {}; {}, or a model that 'hf download {}' has brought",
          name.string(), (hub_cache() / hub_folder_name(name.string())).string(), needed, name.string());
  return *snapshot;
}

fs::path encoder_folder(const fs::path& model) {
  const fs::path modules = model / "modules.json";
  for (const char* name : {"config.json", "bert_config.json"}) {
    if (fs::exists(status_of(model / name))) return model;
  }
  if (!fs::exists(status_of(modules))) return model;
  const nlohmann::json json = parse_json(read_text_file(modules), modules.string());
  for (const JsonField& module : JsonField(json, modules.string()).elements()) {
    const std::string place = module.at("path").text();
    const bool is_name = !place.empty() && !place.starts_with('.') && place.find_first_of("/\\") == place.npos;
    if (is_name && module.at("type").text().ends_with(".Transformer")) return model / place;
  }
  return model;
}

}  // namespace mini_bert
