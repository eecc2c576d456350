// What a tokenizer writes: vocab.txt, tokenizer_config.json and, if these cannot say everything, tokenizer.json.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "mini_bert/tokenizer/tokenizer.h"

namespace mini_bert {
namespace {

using Json = nlohmann::ordered_json;

Json token_json(const AddedToken& token) {
  return {{"content", token.content}, {"lstrip", token.lstrip},           {"normalized", token.normalized},
          {"rstrip", token.rstrip},   {"single_word", token.single_word}, {"special", token.special}};
}

// Whether a line of vocab.txt gives the token back.
bool fits_line(const std::string& token) {
  return token.empty() || Vocabulary::parse(token + '\n').tokens() == std::vector<std::string>{token};
}

Json post_processor(const Tokenizer& tokenizer) {
  const TokenizerOptions& options = tokenizer.options();
  if (!options.adds_special_tokens) return nullptr;
  return {{"type", "BertProcessing"},
          {"sep", {options.sep_token, tokenizer.sep_id()}},
          {"cls", {options.cls_token, tokenizer.cls_id()}}};
}

Json normalizer(const TokenizerOptions& options) {
  return {{"type", "BertNormalizer"},
          {"clean_text", options.clean_text},
          {"handle_chinese_chars", options.tokenize_chinese_chars},
          {"strip_accents", options.strip_accents ? Json(*options.strip_accents) : Json()},
          {"lowercase", options.do_lower_case}};
}

Json decoder(const TokenizerOptions& options) {
  if (!options.decode_glues) return nullptr;
  return {{"type", "WordPiece"},
          {"prefix", options.decode_prefix.value_or(options.continuing_subword_prefix)},
          {"cleanup", options.decode_cleanup}};
}

}  // namespace

bool Tokenizer::needs_json() const {
  const TokenizerOptions usual;
  const auto& tokens = vocabulary_.tokens();
  return options_.clean_text != usual.clean_text ||
         options_.continuing_subword_prefix != usual.continuing_subword_prefix || !options_.decode_glues ||
         options_.decode_prefix.value_or("##") != "##" ||
         options_.max_input_chars_per_word != usual.max_input_chars_per_word || !options_.adds_special_tokens ||
         !options_.matches_special_tokens ||
         !std::ranges::all_of(tokens.begin(), tokens.begin() + base_size_, fits_line);
}

Vocabulary Tokenizer::base_vocabulary() const {
  const auto& tokens = vocabulary_.tokens();
  return Vocabulary({tokens.begin(), tokens.begin() + base_size_});
}

std::string Tokenizer::vocab_text() const {
  return base_vocabulary().text();
}

std::string Tokenizer::config_text(int32_t positions) const {
  Json config = Json::object();
  const bool general = needs_json();
  config["tokenizer_class"] = general ? "PreTrainedTokenizerFast" : "BertTokenizer";
  config["do_lower_case"] = options_.do_lower_case;
  config["strip_accents"] = nullptr;
  if (options_.strip_accents) config["strip_accents"] = *options_.strip_accents;
  config["tokenize_chinese_chars"] = options_.tokenize_chinese_chars;
  if (options_.whole_cjk_extension_e) config["whole_cjk_extension_e"] = true;
  if (!options_.decode_cleanup) config["decode_cleanup"] = false;
  if (options_.split_special_tokens) config["split_special_tokens"] = true;
  if (options_.truncation_side == Side::left) config["truncation_side"] = "left";
  // BERT's classes give a model the types of tokens unless they are told not to, the general class the other way round.
  if (options_.uses_type_ids == general) {
    config["model_input_names"] = {"input_ids", "attention_mask"};
    if (options_.uses_type_ids) config["model_input_names"].push_back("token_type_ids");
  }
  const int32_t longest = std::min(options_.model_max_length, positions);
  if (longest != TokenizerOptions::no_limit) config["model_max_length"] = longest;
  config["unk_token"] = options_.unk_token;
  config["sep_token"] = options_.sep_token;
  config["pad_token"] = options_.pad_token;
  config["cls_token"] = options_.cls_token;
  config["mask_token"] = options_.mask_token;
  // A general tokenizer finds in a text only the tokens that are declared.
  if (!options_.matches_special_tokens) {
    const auto is_declared = [&](const std::string& content) {
      return std::ranges::find(added_tokens_.tokens(), content, &AddedToken::content) != added_tokens_.tokens().end();
    };
    for (const char* role : {"unk_token", "sep_token", "pad_token", "cls_token", "mask_token"}) {
      if (!is_declared(config[role].get<std::string>())) config.erase(role);
    }
  }
  if (!added_tokens_.tokens().empty()) config["added_tokens_decoder"] = Json::object();
  for (const AddedToken& token : added_tokens_.tokens()) {
    config["added_tokens_decoder"][std::to_string(token.id)] = token_json(token);
  }
  return config.dump(2) + "\n";
}

std::optional<std::string> Tokenizer::json_text() const {
  if (!needs_json()) return std::nullopt;
  Json added = Json::array(), vocabulary = Json::object();
  for (const AddedToken& token : added_tokens_.tokens()) {
    added.push_back(token_json(token));
    added.back()["id"] = token.id;
  }
  // The ids of the package may have gaps, which are empty tokens here.
  for (int32_t id = 0; id < base_size_; ++id) {
    if (const std::string& token = vocabulary_.token(id); !token.empty()) vocabulary[token] = id;
  }
  const Json file = {{"version", "1.0"},
                     {"truncation", nullptr},
                     {"padding", nullptr},
                     {"added_tokens", added},
                     {"normalizer", normalizer(options_)},
                     {"pre_tokenizer", {{"type", "BertPreTokenizer"}}},
                     {"post_processor", post_processor(*this)},
                     {"decoder", decoder(options_)},
                     {"model",
                      {{"type", "WordPiece"},
                       {"unk_token", options_.unk_token},
                       {"continuing_subword_prefix", options_.continuing_subword_prefix},
                       {"max_input_chars_per_word", options_.max_input_chars_per_word},
                       {"vocab", vocabulary}}}};
  return file.dump(1) + "\n";
}

}  // namespace mini_bert
