#include <algorithm>
#include <charconv>
#include <system_error>

#include "mini_bert/base/file_error.h"
#include "mini_bert/base/json.h"
#include "mini_bert/base/json_fields.h"
#include "mini_bert/base/text_file.h"
#include "mini_bert/tokenizer/tokenizer.h"
#include "mini_bert/tokenizer/tokenizer_json.h"

namespace mini_bert {
namespace {

// A special token is written either as a string or as an object with a "content".
void read_special_token(const JsonField& file, const std::string& role, std::string& token) {
  const std::optional<JsonField> found = file.find(role);
  if (!found) return;
  if (found->json().is_object()) return found->read_set("content", token);
  if (!found->json().is_string()) found->fail("a text or an object with \"content\"");
  token = found->text();
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

// The description of a token that is only named: the known one, or a new one.
AddedToken described(const std::vector<AddedToken>& tokens, const std::string& content) {
  for (const AddedToken& token : tokens) {
    if (token.content == content) return token;
  }
  return {.content = content};
}

// Reads unk_token, cls_token and so on, and the lists of further special tokens, from tokenizer_config.json or
// special_tokens_map.json.
void read_special_tokens(const JsonField& file, TokenizerOptions& options) {
  const std::pair<const char*, std::string*> roles[] = {{"unk_token", &options.unk_token},
                                                        {"cls_token", &options.cls_token},
                                                        {"sep_token", &options.sep_token},
                                                        {"pad_token", &options.pad_token},
                                                        {"mask_token", &options.mask_token}};
  for (const auto& [role, token] : roles) {
    read_special_token(file, role, *token);
    const std::optional<JsonField> entry = file.find(role);
    if (entry && entry->json().is_object()) put(options.added_tokens, read_added_token(*entry, true));
  }
  for (const char* name : {"additional_special_tokens", "extra_special_tokens"}) {
    const std::optional<JsonField> list = file.find(name);
    if (!list || (list->json().is_object() && list->json().empty())) continue;
    for (const JsonField& entry : list->elements()) {
      const bool is_named = entry.json().is_string();
      AddedToken token =
          is_named ? described(options.added_tokens, entry.text()) : read_added_token(entry.object(), true);
      token.special = true;
      put(options.added_tokens, std::move(token));
    }
  }
}

void read_config(const JsonField& file, TokenizerOptions& options) {
  file.read_set("do_lower_case", options.do_lower_case);
  file.read("strip_accents", options.strip_accents);
  file.read_set("tokenize_chinese_chars", options.tokenize_chinese_chars);
  file.read_set("whole_cjk_extension_e", options.whole_cjk_extension_e);
  file.read_set("decode_cleanup", options.decode_cleanup);
  if (const auto length = file.find("model_max_length")) options.model_max_length = read_limit(*length);
  read_special_tokens(file, options);
  const std::optional<JsonField> tokens = file.find("added_tokens_decoder");
  if (!tokens) return;
  for (const auto& [id, value] : tokens->object().json().items()) {
    AddedToken token = read_added_token({value, tokens->place() + ": " + printable(id)}, false);
    const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), token.id);
    if (error != std::errc() || end != id.data() + id.size() || token.id < 0) {
      tokens->fail(id, "a token id as the name of the field");
    }
    put(options.added_tokens, std::move(token));
  }
}

// added_tokens.json: {"token": id}.
void read_added_tokens(const JsonField& file, TokenizerOptions& options) {
  for (const auto& [content, id] : file.object().json().items()) {
    const AddedToken token{
        .content = content, .normalized = true, .id = read_id({id, file.place() + ": " + printable(content)})};
    const bool known = std::any_of(options.added_tokens.begin(), options.added_tokens.end(),
                                   [&](const AddedToken& other) { return other.content == token.content; });
    if (!known) options.added_tokens.push_back(token);
  }
}

}  // namespace

Tokenizer Tokenizer::from_directory(const std::filesystem::path& directory) {
  constexpr std::uint64_t most_bytes = std::uint64_t{1} << 30;
  // A file whose state cannot be read counts as existing, because opening it will say why.
  const auto there = [&](const char* name) {
    std::error_code error;
    return std::filesystem::exists(directory / name, error) || error;
  };
  const auto with = [&](const char* name, auto&& read) {
    const std::filesystem::path path = directory / name;
    const nlohmann::json file = parse_json(read_text_file(path, most_bytes), path.string());
    read(JsonField(file, path.string()).object());
    return file.contains("added_tokens_decoder");
  };
  TokenizerOptions options;
  Vocabulary vocabulary;
  const bool has_json = there("tokenizer.json");
  if (has_json) {
    with("tokenizer.json", [&](const JsonField& file) { vocabulary = read_tokenizer_json(file, options); });
  } else if (there("vocab.txt")) {
    vocabulary = Vocabulary::read(directory / "vocab.txt");
  } else {
    fail(
        "{}: has neither tokenizer.json nor vocab.txt; expected the directory of a BERT "
        "model: copy one of the two into it",
        directory.string());
  }
  bool complete = has_json;
  if (there("tokenizer_config.json")) {
    complete |= with("tokenizer_config.json", [&](const JsonField& file) { read_config(file, options); });
  }
  // added_tokens_decoder and tokenizer.json say more than these two older files, which are then ignored.
  if (!complete && there("special_tokens_map.json")) {
    with("special_tokens_map.json", [&](const JsonField& file) { read_special_tokens(file, options); });
  }
  if (!complete && there("added_tokens.json")) {
    with("added_tokens.json", [&](const JsonField& file) { read_added_tokens(file, options); });
  }
  try {
    return Tokenizer(std::move(vocabulary), std::move(options));
  } catch (const Error& error) {
    fail("{}: {}", directory.string(), error.what());
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
