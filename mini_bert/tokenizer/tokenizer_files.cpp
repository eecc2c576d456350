#include <fmt/core.h>

#include <algorithm>

#include "mini_bert/tokenizer/json_fields.h"
#include "mini_bert/tokenizer/tokenizer.h"
#include "mini_bert/tokenizer/tokenizer_json.h"

namespace mini_bert {
namespace {

using nlohmann::json;

// A special token is written either as a string or as an object with a "content".
std::string token_content(const JsonFields& fields, const std::string& name, const std::string& fallback) {
  if (!fields.has(name)) return fallback;
  const json& value = fields.json().at(name);
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_object()) fields.fail(name, "a string or an object with \"content\"");
  return fields.object(name).string("content", fallback);
}

// The later description of a token replaces an earlier one.
void put(std::vector<AddedToken>& tokens, AddedToken token) {
  const auto same = std::find_if(tokens.begin(), tokens.end(),
                                 [&](const AddedToken& other) { return other.content == token.content; });
  if (same == tokens.end()) {
    tokens.push_back(std::move(token));
  } else {
    if (token.id < 0) token.id = same->id;
    *same = std::move(token);
  }
}

// What is known about a token that is only named.
AddedToken described(const std::vector<AddedToken>& tokens, const std::string& content) {
  for (const AddedToken& token : tokens) {
    if (token.content == content) return token;
  }
  return {.content = content};
}

// unk_token, cls_token, ... and lists of further special tokens, from tokenizer_config.json or
// special_tokens_map.json.
void read_special_tokens(const JsonFields& fields, TokenizerOptions& options) {
  const std::pair<const char*, std::string*> roles[] = {{"unk_token", &options.unk_token},
                                                        {"cls_token", &options.cls_token},
                                                        {"sep_token", &options.sep_token},
                                                        {"pad_token", &options.pad_token},
                                                        {"mask_token", &options.mask_token}};
  for (const auto& [role, token] : roles) {
    *token = token_content(fields, role, *token);
    if (fields.has(role) && fields.json().at(role).is_object()) {
      AddedToken added = read_added_token(fields.object(role), true);
      put(options.added_tokens, std::move(added));
    }
  }
  for (const char* list : {"additional_special_tokens", "extra_special_tokens"}) {
    if (!fields.has(list)) continue;
    const json& values = fields.json().at(list);
    if (values.is_object() && values.empty()) continue;
    if (!values.is_array()) fields.fail(list, "a list of tokens");
    for (const json& value : values) {
      if (!value.is_string() && !value.is_object()) fields.fail(list, "a list of strings or objects");
      AddedToken token;
      if (value.is_string()) token = described(options.added_tokens, value.get<std::string>());
      if (value.is_object()) token = read_added_token({value, fields.where() + ": " + list}, true);
      token.special = true;
      put(options.added_tokens, std::move(token));
    }
  }
}

void read_config(const JsonFields& fields, TokenizerOptions& options) {
  options.do_lower_case = fields.boolean("do_lower_case", options.do_lower_case);
  if (fields.json().contains("strip_accents")) options.strip_accents = fields.optional_boolean("strip_accents");
  options.tokenize_chinese_chars = fields.boolean("tokenize_chinese_chars", options.tokenize_chinese_chars);
  options.whole_cjk_extension_e = fields.boolean("whole_cjk_extension_e", options.whole_cjk_extension_e);
  options.decode_cleanup = fields.boolean("decode_cleanup", options.decode_cleanup);
  options.model_max_length = fields.integer("model_max_length", options.model_max_length, 1);
  read_special_tokens(fields, options);
  if (!fields.has("added_tokens_decoder")) return;
  const JsonFields tokens = fields.object("added_tokens_decoder");
  for (const auto& [id, value] : tokens.json().items()) {
    AddedToken token = read_added_token({value, tokens.where() + ": " + id}, false);
    if (id.empty() || id.size() > 9 || id.find_first_not_of("0123456789") != std::string::npos) {
      tokens.fail(id, "a token id as the name of the field");
    }
    token.id = std::stoi(id);
    put(options.added_tokens, std::move(token));
  }
}

// added_tokens.json: {"token": id}.
void read_added_tokens(const JsonFields& fields, TokenizerOptions& options) {
  for (const auto& [content, id] : fields.json().items()) {
    AddedToken token{.content = content, .normalized = true};
    token.id = fields.integer(content, -1, 0);
    const bool known = std::any_of(options.added_tokens.begin(), options.added_tokens.end(),
                                   [&](const AddedToken& other) { return other.content == token.content; });
    if (!known) options.added_tokens.push_back(std::move(token));
  }
}

}  // namespace

Tokenizer Tokenizer::from_directory(const std::filesystem::path& directory) {
  const auto there = [&](const char* name) { return std::filesystem::exists(directory / name); };
  const auto with = [&](const char* name, auto&& read) {
    const std::filesystem::path path = directory / name;
    const json file = read_json_file(path);
    read(JsonFields(file, path.string()));
    return file.contains("added_tokens_decoder");
  };
  TokenizerOptions options;
  Vocabulary vocabulary;
  const bool has_json = there("tokenizer.json");
  if (has_json) {
    with("tokenizer.json", [&](const JsonFields& fields) { vocabulary = read_tokenizer_json(fields, options); });
  } else if (there("vocab.txt")) {
    vocabulary = Vocabulary::read(directory / "vocab.txt");
  } else {
    throw TokenizerError(
        fmt::format("{}: has neither tokenizer.json nor vocab.txt; expected the directory of a BERT "
                    "model: copy one of the two into it",
                    directory.string()));
  }
  bool complete = has_json;
  if (there("tokenizer_config.json")) {
    complete |= with("tokenizer_config.json", [&](const JsonFields& fields) { read_config(fields, options); });
  }
  // The two older files say nothing that added_tokens_decoder or tokenizer.json do not say better.
  if (!complete && there("special_tokens_map.json")) {
    with("special_tokens_map.json", [&](const JsonFields& fields) { read_special_tokens(fields, options); });
  }
  if (!complete && there("added_tokens.json")) {
    with("added_tokens.json", [&](const JsonFields& fields) { read_added_tokens(fields, options); });
  }
  try {
    return Tokenizer(std::move(vocabulary), std::move(options));
  } catch (const TokenizerError& error) {
    throw TokenizerError(fmt::format("{}: {}", directory.string(), error.what()));
  }
}

std::string Tokenizer::vocab_text() const {
  const auto& tokens = vocabulary_.tokens();
  return Vocabulary({tokens.begin(), tokens.begin() + base_size_}).text();
}

std::string Tokenizer::config_text() const {
  nlohmann::ordered_json config;
  config["tokenizer_class"] = "BertTokenizer";
  config["do_lower_case"] = options_.do_lower_case;
  config["strip_accents"] = nullptr;
  if (options_.strip_accents) config["strip_accents"] = *options_.strip_accents;
  config["tokenize_chinese_chars"] = options_.tokenize_chinese_chars;
  if (options_.whole_cjk_extension_e) config["whole_cjk_extension_e"] = true;
  if (!options_.decode_cleanup) config["decode_cleanup"] = false;
  config["model_max_length"] = options_.model_max_length;
  config["unk_token"] = options_.unk_token;
  config["sep_token"] = options_.sep_token;
  config["pad_token"] = options_.pad_token;
  config["cls_token"] = options_.cls_token;
  config["mask_token"] = options_.mask_token;
  for (const AddedToken& token : added_tokens_.tokens()) {
    nlohmann::ordered_json& entry = config["added_tokens_decoder"][std::to_string(token.id)];
    entry["content"] = token.content;
    entry["lstrip"] = token.lstrip;
    entry["normalized"] = token.normalized;
    entry["rstrip"] = token.rstrip;
    entry["single_word"] = token.single_word;
    entry["special"] = token.special;
  }
  return config.dump(2) + "\n";
}

}  // namespace mini_bert
