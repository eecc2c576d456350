#include <algorithm>
#include <system_error>

#include "mini_bert/base/file_error.h"
#include "mini_bert/base/foreign_error.h"
#include "mini_bert/base/json.h"
#include "mini_bert/base/json_fields.h"
#include "mini_bert/base/text_file.h"
#include "mini_bert/tokenizer/declared_tokens.h"
#include "mini_bert/tokenizer/tokenizer.h"
#include "mini_bert/tokenizer/tokenizer_json.h"
#include "mini_bert/tokenizer/tokenizer_keys.h"

namespace mini_bert {
namespace {

namespace fs = std::filesystem;

// A JSON file of a model directory; empty when it does not exist.
class OptionalFile {
 public:
  OptionalFile(const fs::path& directory, const char* name) : path_(directory / name) {
    constexpr std::uint64_t most_bytes = std::uint64_t{1} << 30;
    std::error_code error;
    // A file whose state cannot be read counts as existing, because opening it will say why.
    exists_ = fs::exists(path_, error) || error;
    if (exists_) json_ = parse_json(read_text_file(path_, most_bytes), path_.string());
    if (exists_) field().object();
  }

  explicit operator bool() const { return exists_; }
  JsonField field() const { return {json_, path_.string()}; }

 private:
  fs::path path_;
  bool exists_;
  nlohmann::json json_;
};

// Which class of transformers the files name.
//   bert     one of BERT's classes. It takes the vocabulary from tokenizer.json, and everything else from
//            tokenizer_config.json or its own defaults.
//   general  the class for any tokenizer.json, which takes everything from that file.
enum class TokenizerClass { bert, general };

// Classes of transformers 5.23 that are BertTokenizer under another name. Each also exists with "Fast" at its end.
constexpr std::string_view bert_classes[] = {"BertTokenizer",     "DistilBertTokenizer", "ElectraTokenizer",
                                             "LayoutLMTokenizer", "MobileBertTokenizer", "SqueezeBertTokenizer"};
constexpr std::string_view general_classes[] = {"PreTrainedTokenizer", "TokenizersBackend"};

// Values of model_type in config.json for which transformers 5.23 takes one of BERT's classes if no file names a class.
constexpr std::string_view bert_model_types[] = {"align",          "bark",         "bert",          "blip",
                                                 "bros",           "chinese_clip", "convbert",      "distilbert",
                                                 "electra",        "ernie",        "flava",         "git",
                                                 "grounding-dino", "layoutlm",     "megatron-bert", "mm-grounding-dino",
                                                 "mobilebert",     "nezha",        "nomic_bert",    "qdqbert",
                                                 "realm",          "retribert",    "squeezebert",   "tvp",
                                                 "vilt",           "visual_bert"};

TokenizerClass read_class(const JsonField& field) {
  const std::string name = field.text();
  std::string_view stem = name;
  if (stem.ends_with("Fast")) stem.remove_suffix(4);
  if (std::ranges::find(bert_classes, stem) != std::end(bert_classes)) return TokenizerClass::bert;
  if (std::ranges::find(general_classes, stem) != std::end(general_classes)) return TokenizerClass::general;
  fail("{} is {}: mini_bert has BertTokenizer and PreTrainedTokenizerFast; choose a model with one of these",
       field.place(), in_quotes(name));
}

TokenizerClass decide_class(const OptionalFile& config, const OptionalFile& model_config, bool has_json) {
  for (const OptionalFile* const file : {&config, &model_config}) {
    const auto name = *file ? file->field().find("tokenizer_class") : std::nullopt;
    if (!name) continue;
    // A general class without its file: the vocabulary leaves nothing but BERT's.
    const TokenizerClass found = read_class(*name);
    return has_json ? found : TokenizerClass::bert;
  }
  const auto type = model_config ? model_config.field().find("model_type") : std::nullopt;
  if (type && std::ranges::find(bert_model_types, type->text()) == std::end(bert_model_types)) {
    fail(
        "{} is {}, whose tokenizer mini_bert does not have; choose a BERT, or name the tokenizer_class in "
        "tokenizer_config.json",
        type->place(), in_quotes(type->text()));
  }
  return has_json && !model_config ? TokenizerClass::general : TokenizerClass::bert;
}

// Whether a tokenizer of this class gives a model the types of tokens, if model_input_names does not say it.
bool uses_type_ids(const OptionalFile& config, TokenizerClass kind) {
  const auto name = config ? config.field().find("tokenizer_class") : std::nullopt;
  return kind == TokenizerClass::bert && !(name && name->text().starts_with("DistilBert"));
}

Side read_side(const JsonField& field) {
  const std::string side = field.text();
  if (side != "left" && side != "right") field.fail("\"left\" or \"right\"");
  return side == "left" ? Side::left : Side::right;
}

// The settings of tokenizer_config.json that count for every class.
void read_common_settings(const JsonField& file, TokenizerOptions& options) {
  file.read_set("whole_cjk_extension_e", options.whole_cjk_extension_e);
  file.read_set("decode_cleanup", options.decode_cleanup);
  file.read_set("split_special_tokens", options.split_special_tokens);
  if (const auto side = file.find("truncation_side")) options.truncation_side = read_side(*side);
  for (const char* name : {"max_len", "model_max_length"}) {
    if (const auto length = file.find(name)) options.model_max_length = read_limit(*length);
  }
  if (const auto names = file.find("model_input_names")) {
    std::vector<std::string> inputs;
    names->get(inputs);
    options.uses_type_ids = std::ranges::find(inputs, "token_type_ids") != inputs.end();
  }
  bool cleanup = false;
  file.read_set("clean_up_tokenization_spaces", cleanup);
  options.decode_cleanup |= cleanup;
}

void read_bert_settings(const JsonField& file, TokenizerOptions& options) {
  file.read_set("do_lower_case", options.do_lower_case);
  file.read("strip_accents", options.strip_accents);
  file.read_set("tokenize_chinese_chars", options.tokenize_chinese_chars);
}

// Sets the five roles. The general class takes [UNK], [CLS] and [SEP] from tokenizer.json.
void set_roles(const DeclaredTokens& declared, TokenizerClass kind, TokenizerOptions& options) {
  const auto set = [&](const char* role, std::string& token) {
    if (const AddedToken* const found = declared.role(role)) token = found->content;
  };
  set("pad_token", options.pad_token);
  set("mask_token", options.mask_token);
  options.matches_special_tokens = kind == TokenizerClass::bert;
  if (kind == TokenizerClass::general) return;
  set("unk_token", options.unk_token);
  set("cls_token", options.cls_token);
  set("sep_token", options.sep_token);
}

Tokenizer read_tokenizer(const fs::path& directory) {
  const OptionalFile json(directory, "tokenizer.json"), config(directory, "tokenizer_config.json");
  const OptionalFile map(directory, "special_tokens_map.json"), added(directory, "added_tokens.json");
  const OptionalFile model_config(directory, "config.json");
  const TokenizerClass kind = decide_class(config, model_config, static_cast<bool>(json));
  TokenizerOptions options;
  options.uses_type_ids = uses_type_ids(config, kind);
  Vocabulary vocabulary;
  DeclaredTokens declared(options);
  std::error_code error;
  if (json) {
    check_tokenizer_keys(json.field(), tokenizer_json_keys, options);
    vocabulary =
        kind == TokenizerClass::general ? read_tokenizer_json(json.field(), options) : read_vocabulary(json.field());
    if (const auto truncation = json.field().find("truncation")) read_truncation(*truncation, options);
  } else if (fs::exists(directory / "vocab.txt", error) || error) {
    vocabulary = Vocabulary::read(directory / "vocab.txt");
  } else {
    fail(
        "{}: has neither tokenizer.json nor vocab.txt; expected the directory of a BERT "
        "model: copy one of the two into it",
        directory.string());
  }
  if (config) {
    check_tokenizer_keys(config.field(), tokenizer_config_keys, options);
    read_common_settings(config.field(), options);
    if (kind == TokenizerClass::bert) read_bert_settings(config.field(), options);
    declared.read_config(config.field());
  }
  if (!declared.has_decoder()) {
    if (map) {
      check_tokenizer_keys(map.field(), special_tokens_map_keys, options);
      declared.read_special_tokens_map(map.field());
    }
    if (added) declared.read_added_tokens(added.field());
    if (json) declared.read_tokenizer_json(json.field());
  }
  const auto padding = json ? json.field().find("padding") : std::nullopt;
  if (padding) check_tokenizer_keys(*padding, json_padding_keys, options);
  if (padding && kind == TokenizerClass::general) declared.read_padding(*padding);
  set_roles(declared, kind, options);
  DeclaredTokens of_json(options);
  if (json && kind == TokenizerClass::general) of_json.read_tokenizer_json(json.field());
  options.added_tokens = declared.all(of_json.all({}));
  try {
    return Tokenizer(std::move(vocabulary), std::move(options));
  } catch (const Error& error) {
    fail("{}: {}", directory.string(), error.what());
  }
}

}  // namespace

Tokenizer Tokenizer::from_directory(const fs::path& directory) {
  return with_file_name(directory.string(), [&] { return read_tokenizer(directory); });
}

}  // namespace mini_bert
