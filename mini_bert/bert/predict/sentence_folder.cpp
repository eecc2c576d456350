#include "mini_bert/bert/predict/sentence_folder.h"

#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

#include "mini_bert/base/file_error.h"
#include "mini_bert/base/foreign_error.h"
#include "mini_bert/base/json.h"
#include "mini_bert/base/json_fields.h"
#include "mini_bert/base/text_file.h"
#include "mini_bert/bert/predict/sentence_keys.h"

namespace mini_bert {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* sentence_remedy = "download the file again";

// The settings of the encoder. Older versions of the package called the file by the encoder's family, whatever its
// class was. The package reads the first of these that is there and not empty.
constexpr const char* encoder_files[] = {"sentence_bert_config.json",       "sentence_roberta_config.json",
                                         "sentence_distilbert_config.json", "sentence_camembert_config.json",
                                         "sentence_albert_config.json",     "sentence_xlm-roberta_config.json",
                                         "sentence_xlnet_config.json"};

json read_sentence_json(const fs::path& path) {
  return parse_json(read_text_file(path), path.string());
}

bool is_there(const fs::path& path) {
  return fs::exists(status_of(path));
}

// Refuses what mini_bert does not have, and what nobody knows: the vectors might be others.
void check_sentence_keys(const JsonField& object, const KnownKeys& known) {
  const std::vector<std::string> unknown = check_keys(object, known);
  require(unknown.empty(),
          "{}: {} is a setting that mini_bert does not know, so its vectors may differ; choose another "
          "model, or set `pooling`",
          object.place(), in_quotes(unknown.empty() ? "" : unknown.front()));
}

// "sentence_transformers.models.Pooling" gives "Pooling". The part before it differs between versions of the package.
std::string class_name(const std::string& type) {
  return type.substr(type.rfind('.') + 1);
}

// Newer files name one kind of pooling, or a list. Older files have a switch for each kind, and several may be on.
// Without any, the vectors are means.
std::string pooling_modes(const JsonField& file) {
  std::vector<std::string> modes;
  if (const auto mode = file.find("pooling_mode")) {
    if (!mode->json().is_array()) return mode->text();
    mode->get(modes);
  } else {
    constexpr std::string_view before = "pooling_mode_";
    for (const auto& [key, value] : file.json().items()) {
      if (!key.starts_with(before) || value.is_null()) continue;
      if (file.at(key).boolean()) modes.push_back(key.substr(before.size()));
    }
  }
  return modes.empty() ? "mean" : fmt::format("{}", fmt::join(modes, "+"));
}

void read_pooling(const fs::path& path, EmbedOptions& options) {
  const json config = read_sentence_json(path);
  const JsonField file(config, path.string(), sentence_remedy);
  check_sentence_keys(file.object(), sentence_pooling_keys);
  file.read_set("include_prompt", options.pools_prompt);
  const std::string modes = pooling_modes(file);
  if (modes == "mean_tokens" || modes == "mean") {
    options.pooling = TextPooling::mean;
  } else if (modes == "cls_token" || modes == "cls") {
    options.pooling = TextPooling::cls;
  } else {
    fail("{}: the pooling is {}, supported are mean and cls alone; choose another model, or set `pooling`",
         path.string(), in_quotes(modes));
  }
}

void read_encoder(const fs::path& folder, const Tokenizer& tokenizer, EmbedOptions& options) {
  fs::path path;
  json config;
  for (const char* name : encoder_files) {
    if (!config.empty() || !is_there(folder / name)) continue;
    path = folder / name;
    config = read_sentence_json(path);
  }
  if (path.empty()) return;
  const JsonField file(config, path.string(), sentence_remedy);
  check_sentence_keys(file.object(), sentence_encoder_keys);
  if (const auto length = file.find("max_seq_length")) options.max_length = length->integer(2, 1'000'000);
  bool lower_case = false;
  file.read_set("do_lower_case", lower_case);
  require(!lower_case || tokenizer.options().do_lower_case,
          "{}: do_lower_case is true, but the tokenizer keeps capital letters; set it in tokenizer_config.json",
          path.string());
}

void read_prompts(const JsonField& file, std::string name, EmbedOptions& options) {
  if (name.empty()) file.read_set("default_prompt_name", name);
  if (name.empty()) return;
  const auto prompts = file.find("prompts");
  const auto prompt = prompts ? prompts->find(name) : std::nullopt;
  if (!prompt) {
    fail("{}: prompts has none called {}; choose another with `prompt_name`, or correct the file", file.place(),
         in_quotes(name));
  }
  options.prompt = prompt->text();
}

void read_sentence_config(const fs::path& path, const std::string& prompt_name, EmbedOptions& options) {
  const bool there = is_there(path);
  const json config = there ? read_sentence_json(path) : json::object();
  const JsonField file(config, path.string(), sentence_remedy);
  check_sentence_keys(file.object(), sentence_config_keys);
  read_prompts(file, prompt_name, options);
  if (const auto dimensions = file.find("truncate_dim")) options.dimensions = dimensions->integer(1, 1'000'000);
}

fs::path step_folder(const fs::path& folder, const fs::path& modules, const std::string& place) {
  require(place.find_first_of("/\\") == place.npos && !place.starts_with('.'),
          "{}: a step is in {}, expected a folder beside modules.json", modules.string(), in_quotes(place));
  return folder / place;
}

void read_step(const std::string& step, const fs::path& folder, const Tokenizer& tokenizer, EmbedOptions& options) {
  if (step == "Transformer") {
    read_encoder(folder, tokenizer, options);
  } else if (step == "Pooling") {
    read_pooling(folder / "config.json", options);
  } else if (step == "Normalize") {
    options.normalize = true;
    if (!is_there(folder / "config.json")) return;
    const json config = read_sentence_json(folder / "config.json");
    check_sentence_keys(JsonField(config, (folder / "config.json").string(), sentence_remedy).object(),
                        sentence_normalize_keys);
  }
}

}  // namespace

std::optional<EmbedOptions> read_sentence_folder(const fs::path& folder, const Tokenizer& tokenizer,
                                                 const std::string& prompt_name) {
  EmbedOptions options;
  const fs::path path = folder / "modules.json";
  if (!is_there(path)) return std::nullopt;
  const json modules = read_sentence_json(path);
  std::string steps;
  for (const JsonField& module : JsonField(modules, path.string(), sentence_remedy).elements()) {
    check_sentence_keys(module.object(), modules_keys);
    const std::string step = class_name(module.at("type").text()), place = module.at("path").text();
    steps += (steps.empty() ? "" : ", ") + step;
    require(step != "Pooling" || !place.empty(),
            "{}: the pooling has no folder of its own, expected one beside modules.json", path.string());
    // Without a folder of its own, a Normalize has no settings: config.json beside modules.json is the encoder's.
    if (step == "Normalize" && place.empty()) {
      options.normalize = true;
    } else {
      read_step(step, step_folder(folder, path, place), tokenizer, options);
    }
  }
  require(steps == "Transformer, Pooling" || steps == "Transformer, Pooling, Normalize",
          "{}: the steps are {}, supported are Transformer, Pooling and perhaps Normalize; choose another model",
          path.string(), in_quotes(steps));
  read_sentence_config(folder / "config_sentence_transformers.json", prompt_name, options);
  return options;
}

}  // namespace mini_bert
