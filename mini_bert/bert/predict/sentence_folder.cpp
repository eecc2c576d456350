#include "mini_bert/bert/predict/sentence_folder.h"

#include <nlohmann/json.hpp>
#include <system_error>

#include "mini_bert/files/file_error.h"
#include "mini_bert/files/json.h"
#include "mini_bert/files/text_file.h"

namespace mini_bert {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

json read_json(const fs::path& path) {
  return parse_json(read_text_file(path), path.string());
}

bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

std::string text_of(const json& object, const char* name, const fs::path& path) {
  const auto found = object.is_object() ? object.find(name) : object.end();
  require(object.is_object() && found != object.end() && found->is_string(),
          "{}: a module has no text {}, expected it; download the file again", path.string(), in_quotes(name));
  return *found;
}

// "sentence_transformers.models.Pooling" is Pooling, whatever the package's parts are called this year.
std::string class_name(const std::string& type) {
  return type.substr(type.rfind('.') + 1);
}

// Older files have a switch for each way of pooling, of which several may be on; newer ones the name of one.
TextPooling read_pooling(const fs::path& path) {
  const json config = read_json(path);
  require(config.is_object(), "{}: is {}, expected an object; download the file again", path.string(),
          config.type_name());
  std::string modes;
  for (const auto& [key, value] : config.items()) {
    constexpr std::string_view before = "pooling_mode_";
    if (key == "pooling_mode" && value.is_string()) modes += '+' + value.get<std::string>();
    if (key.starts_with(before) && value == true) modes += '+' + key.substr(before.size());
  }
  if (modes == "+mean_tokens" || modes == "+mean") return TextPooling::mean;
  if (modes == "+cls_token" || modes == "+cls") return TextPooling::cls;
  fail("{}: the pooling is {}, supported are mean and cls alone; choose another model, or give --pooling",
       path.string(), in_quotes(modes.empty() ? "none" : modes.substr(1)));
}

void read_text_options(const fs::path& path, const Tokenizer& tokenizer, EmbedOptions& options) {
  const json config = read_json(path);
  require(config.is_object(), "{}: is {}, expected an object; download the file again", path.string(),
          config.type_name());
  const json length = config.value("max_seq_length", json());
  require(length.is_null() || (length.is_number_integer() && length >= 2 && length <= 1'000'000),
          "{}: max_seq_length is {}, expected a whole number from 2 up, or null", path.string(), length.dump());
  if (!length.is_null()) options.max_length = length;
  require(config.value("do_lower_case", json()) != true || tokenizer.options().do_lower_case,
          "{}: do_lower_case is true, but the tokenizer keeps capital letters; set it in tokenizer_config.json",
          path.string());
}

}  // namespace

std::optional<EmbedOptions> read_sentence_folder(const fs::path& folder, const Tokenizer& tokenizer) {
  EmbedOptions options;
  const fs::path path = folder / "modules.json";
  if (!is_there(path)) return std::nullopt;
  const json modules = read_json(path);
  require(modules.is_array(), "{}: is {}, expected a list of modules; download the file again", path.string(),
          modules.type_name());
  std::string steps;
  for (const json& module : modules) {
    const std::string step = class_name(text_of(module, "type", path)), place = text_of(module, "path", path);
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
