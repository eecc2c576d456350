#pragma once

#include <map>
#include <vector>

#include "mini_bert/base/json_fields.h"
#include "mini_bert/tokenizer/tokenizer.h"

namespace mini_bert {

// Collects the tokens that the files of a tokenizer declare besides the vocabulary, by the rules of transformers 5.23:
// - added_tokens_decoder of tokenizer_config.json replaces special_tokens_map.json, added_tokens.json and the tokens
//   that tokenizer.json adds.
// - Without it, the roles of special_tokens_map.json win over those of tokenizer_config.json, whose list of further
//   special tokens wins over additional_special_tokens there; of two tokens with one id the one of tokenizer.json
//   counts.
// - The tokens of these lists come first, by id. Then come the tokens with a role (unk_token, …), then other keys that
//   end with "_token", then extra_special_tokens.
// Keys of a token that nobody knows are added to unknown_keys of `options`.
class DeclaredTokens {
 public:
  explicit DeclaredTokens(TokenizerOptions& options) : options_(&options) {}

  // Reads roles, further special tokens and added_tokens_decoder.
  void read_config(const JsonField& file);
  void read_special_tokens_map(const JsonField& file);
  // added_tokens.json: {"token": id}.
  void read_added_tokens(const JsonField& file);
  // The "added_tokens" of tokenizer.json.
  void read_tokenizer_json(const JsonField& file);
  // The "padding" of tokenizer.json names [PAD], unless a file that was read before does.
  void read_padding(const JsonField& padding);

  bool has_decoder() const { return has_decoder_; }  // tokenizer_config.json has added_tokens_decoder

  // The token that a role names, if a file names one: "mask_token".
  const AddedToken* role(const std::string& name) const;

  // All declared tokens in the order in which they get their ids. `first` are tokens that come before all of them.
  std::vector<AddedToken> all(std::vector<AddedToken> first) const;

 private:
  void read_names(const JsonField& file);
  bool read_extra_object(const std::optional<JsonField>& extra);
  void add_extra(const JsonField& list);
  AddedToken read_named_token(const JsonField& field);
  void set_name(std::vector<std::pair<std::string, AddedToken>>& tokens, const std::string& name, AddedToken token);
  bool is_special(const std::string& content) const;

  TokenizerOptions* options_;
  bool has_decoder_ = false;
  bool has_extra_ = false;  // a list of further special tokens was read
  std::map<int32_t, AddedToken> by_id_;
  std::vector<std::pair<std::string, AddedToken>> roles_;  // in the order of transformers
  std::vector<std::pair<std::string, AddedToken>> named_;  // other keys, in the order of the file
  std::vector<AddedToken> extra_;
};

}  // namespace mini_bert
