#include "mini_bert/tokenizer/declared_tokens.h"

#include <algorithm>
#include <charconv>

#include "mini_bert/base/file_error.h"
#include "mini_bert/tokenizer/tokenizer_json.h"

namespace mini_bert {
namespace {

// In the order in which transformers adds them.
constexpr const char* role_names[] = {"bos_token", "eos_token", "unk_token", "sep_token",
                                      "pad_token", "cls_token", "mask_token"};

bool is_role(const std::string& name) {
  return std::ranges::find(role_names, name) != std::end(role_names);
}

std::vector<AddedToken>::iterator find_content(std::vector<AddedToken>& tokens, const std::string& content) {
  return std::ranges::find(tokens, content, &AddedToken::content);
}

}  // namespace

// A special token is written either as a string or as an object with a "content".
AddedToken DeclaredTokens::read_named_token(const JsonField& field) {
  if (field.json().is_object()) return read_added_token(field, true, *options_);
  if (!field.json().is_string()) field.fail("a text or an object with \"content\"");
  return {.content = field.text(), .special = true};
}

void DeclaredTokens::set_name(std::vector<std::pair<std::string, AddedToken>>& tokens, const std::string& name,
                              AddedToken token) {
  const auto same = std::ranges::find(tokens, name, &std::pair<std::string, AddedToken>::first);
  if (same == tokens.end()) {
    tokens.emplace_back(name, std::move(token));
  } else {
    same->second = std::move(token);
  }
}

void DeclaredTokens::read_names(const JsonField& file) {
  for (const char* name : role_names) {
    if (const auto token = file.find(name)) set_name(roles_, name, read_named_token(*token));
  }
  for (const auto& [name, value] : file.json().items()) {
    if (!name.ends_with("_token") || is_role(name) || !value.is_string()) continue;
    set_name(named_, name, read_named_token(file.at(name)));
  }
}

void DeclaredTokens::add_extra(const JsonField& list) {
  for (const JsonField& entry : list.elements()) {
    AddedToken token = entry.json().is_string() ? AddedToken{.content = entry.text(), .special = true}
                                                : read_added_token(entry.object(), true, *options_);
    token.special = true;
    if (find_content(extra_, token.content) == extra_.end()) extra_.push_back(std::move(token));
  }
  has_extra_ = true;
}

// An object names its tokens; a list in a file that was read before counts no more.
bool DeclaredTokens::read_extra_object(const std::optional<JsonField>& extra) {
  if (!extra || !extra->json().is_object()) return false;
  if (extra->json().empty()) return true;
  extra_.clear();
  has_extra_ = false;
  for (const auto& [name, value] : extra->json().items()) set_name(named_, name, read_named_token(extra->at(name)));
  return true;
}

void DeclaredTokens::read_config(const JsonField& file) {
  read_names(file);
  // The newer list replaces the older one.
  const auto extra = file.find("extra_special_tokens"), older = file.find("additional_special_tokens");
  const bool is_object = read_extra_object(extra);
  if (extra && !is_object && !extra->array().json().empty()) {
    add_extra(*extra);
  } else if (older) {
    add_extra(*older);
  }
  const std::optional<JsonField> tokens = file.find("added_tokens_decoder");
  if (!tokens) return;
  has_decoder_ = true;
  for (const auto& [id, value] : tokens->object().json().items()) {
    AddedToken token = read_added_token({value, tokens->place() + ": " + printable(id)}, false, *options_);
    const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), token.id);
    if (error != std::errc() || end != id.data() + id.size() || token.id < 0) {
      tokens->fail(id, "a token id as the name of the field");
    }
    by_id_[token.id] = std::move(token);
  }
}

void DeclaredTokens::read_special_tokens_map(const JsonField& file) {
  read_names(file);
  const auto extra = file.find("extra_special_tokens"), older = file.find("additional_special_tokens");
  const bool is_object = read_extra_object(extra);
  if (extra && !is_object) add_extra(*extra);
  if (older && !has_extra_) add_extra(*older);
}

bool DeclaredTokens::is_special(const std::string& content) const {
  const auto same = [&](const auto& named) { return named.second.content == content; };
  return std::ranges::any_of(roles_, same) || std::ranges::find(extra_, content, &AddedToken::content) != extra_.end();
}

void DeclaredTokens::read_added_tokens(const JsonField& file) {
  for (const auto& [content, value] : file.object().json().items()) {
    const int32_t id = read_id({value, file.place() + ": " + printable(content)});
    const bool special = is_special(content);
    by_id_[id] = {.content = content, .special = special, .normalized = !special, .id = id};
  }
}

void DeclaredTokens::read_tokenizer_json(const JsonField& file) {
  const auto tokens = file.find("added_tokens");
  if (!tokens) return;
  for (const JsonField& entry : tokens->elements()) {
    AddedToken token = read_added_token(entry, false, *options_);
    if (token.id < 0) entry.fail("id", "a token id");
    by_id_[token.id] = std::move(token);
  }
}

void DeclaredTokens::read_padding(const JsonField& padding) {
  const auto token = padding.find("pad_token");
  if (token && role("pad_token") == nullptr) {
    set_name(roles_, "pad_token", {.content = token->text(), .special = true});
  }
}

const AddedToken* DeclaredTokens::role(const std::string& name) const {
  const auto found = std::ranges::find(roles_, name, &std::pair<std::string, AddedToken>::first);
  return found == roles_.end() ? nullptr : &found->second;
}

std::vector<AddedToken> DeclaredTokens::all(std::vector<AddedToken> tokens) const {
  for (const auto& [id, token] : by_id_) {
    if (find_content(tokens, token.content) == tokens.end()) tokens.push_back(token);
  }
  const auto add_special = [&](const AddedToken& token) {
    const auto known = find_content(tokens, token.content);
    if (known == tokens.end()) {
      tokens.push_back(token);
    } else {
      known->special = true;
    }
  };
  for (const char* name : role_names) {
    if (const AddedToken* const token = role(name)) add_special(*token);
  }
  for (const auto& [name, token] : named_) add_special(token);
  for (const AddedToken& token : extra_) add_special(token);
  return tokens;
}

}  // namespace mini_bert
