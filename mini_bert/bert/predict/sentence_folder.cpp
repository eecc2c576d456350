#include "mini_bert/bert/predict/sentence_folder.h"

#include <nlohmann/json.hpp>
#include <system_error>

#include "mini_bert/base/file_error.h"
#include "mini_bert/base/json.h"
#include "mini_bert/base/json_fields.h"
#include "mini_bert/base/text_file.h"

namespace mini_bert {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* remedy = "download the file again";

json read_json(const fs::path& path) {
  return parse_json(read_text_file(path), path.string());
}

bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

// "sentence_transformers.models.Pooling" gives "Pooling". The part before it differs between versions of the package.
std::string class_name(const std::string& type) {
  return type.substr(type.rfind('.') + 1);
}

// Older files have a switch for each kind of pooling, and several may be on. Newer files name one kind.
TextPooling read_pooling(const fs::path& path) {
  const json config = read_json(path);
  std::string modes;
  for (const auto& [key, value] : JsonField(config, path.string(), remedy).object().json().items()) {
    constexpr std::string_view before = "pooling_mode_";
    if (key == "pooling_mode" && value.is_string()) modes += '+' + value.get<std::string>();
    if (key.starts_with(before) && value == true) modes += '+' + key.substr(before.size());
  }
  if (modes == "+mean_tokens" || modes == "+mean") return TextPooling::mean;
  if (modes == "+cls_token" || modes == "+cls") return TextPooling::cls;
  fail("{}: the pooling is {}, supported are mean and cls alone; choose another model, or set `pooling`", path.string(),
       in_quotes(modes.empty() ? "none" : modes.substr(1)));
}

void read_text_options(const fs::path& path, const Tokenizer& tokenizer, EmbedOptions& options) {
  const json config = read_json(path);
  const JsonField file(config, path.string(), remedy);
  if (const auto length = file.find("max_seq_length")) options.max_length = length->integer(2, 1'000'000);
  bool lower_case = false;
  file.read_set("do_lower_case", lower_case);
  require(!lower_case || tokenizer.options().do_lower_case,
          "{}: do_lower_case is true, but the tokenizer keeps capital letters; set it in tokenizer_config.json",
          path.string());
}

}  // namespace

std::optional<EmbedOptions> read_sentence_folder(const fs::path& folder, const Tokenizer& tokenizer) {
  EmbedOptions options;
  const fs::path path = folder / "modules.json";
  if (!is_there(path)) return std::nullopt;
  const json modules = read_json(path);
  std::string steps;
  for (const JsonField& module : JsonField(modules, path.string(), remedy).elements()) {
    const std::string step = class_name(module.at("type").text()), place = module.at("path").text();
    steps += (steps.empty() ? "" : ", ") + step;
    if (step == "Transformer") {
      require(place.empty(), "{}: the encoder is in the folder {}, expected it beside modules.json; give that folder",
              path.string(), in_quotes(place));
    } else if (step == "Pooling") {
      require(!place.empty() && place.find_first_of("/\\") == place.npos && place.front() != '.',
              "{}: the pooling is in {}, expected a folder beside modules.json", path.string(), in_quotes(place));
      options.pooling = read_pooling(folder / place / "config.json");
    } else if (step == "Normalize") {
      options.normalize = true;
    }
  }
  require(steps == "Transformer, Pooling" || steps == "Transformer, Pooling, Normalize",
          "{}: the steps are {}, supported are Transformer, Pooling and perhaps Normalize; choose another model",
          path.string(), in_quotes(steps));
  const fs::path texts = folder / "sentence_bert_config.json";
  if (is_there(texts)) read_text_options(texts, tokenizer, options);
  return options;
}

}  // namespace mini_bert
