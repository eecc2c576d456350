#include "mini_bert/tokenizer/tokenizer.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "mini_bert/tokenizer/decoder.h"

namespace mini_bert {

NormalizerOptions TokenizerOptions::normalizer() const {
  return {clean_text, tokenize_chinese_chars, strip_accents.value_or(do_lower_case), do_lower_case,
          whole_cjk_extension_e};
}

Tokenizer::Tokenizer(Vocabulary vocabulary, TokenizerOptions options)
    : vocabulary_(std::move(vocabulary)),
      options_(std::move(options)),
      base_size_(vocabulary_.size()),
      unk_id_(require(options_.unk_token, "unk_token")),
      word_reader_(options_.normalizer()),
      word_piece_(vocabulary_, unk_id_, options_.continuing_subword_prefix, options_.max_input_chars_per_word) {
  add_tokens();
  pad_id_ = require(options_.pad_token, "pad_token");
  cls_id_ = require(options_.cls_token, "cls_token");
  sep_id_ = require(options_.sep_token, "sep_token");
  mask_id_ = require(options_.mask_token, "mask_token");
  for (const int32_t id : {pad_id_, unk_id_, cls_id_, sep_id_, mask_id_}) is_special_[static_cast<size_t>(id)] = 1;
}

int32_t Tokenizer::require(const std::string& token, const char* role) const {
  if (const auto id = vocabulary_.find(token)) return *id;
  fail(
      "the vocabulary ({} tokens) has no {} '{}'; add it as a line of vocab.txt or name "
      "the right one as {} in tokenizer_config.json",
      vocabulary_.size(), role, token, role);
}

void Tokenizer::add_tokens() {
  std::vector<AddedToken> all = std::move(options_.added_tokens);
  for (const std::string* name :
       {&options_.pad_token, &options_.unk_token, &options_.cls_token, &options_.sep_token, &options_.mask_token}) {
    const auto given = std::find_if(all.begin(), all.end(), [&](const AddedToken& t) { return t.content == *name; });
    if (given != all.end()) {
      given->special = true;
    } else if (options_.matches_special_tokens && vocabulary_.find(*name)) {
      all.push_back({.content = *name, .special = true});
    }
  }
  for (AddedToken& token : all) {
    if (const auto known = vocabulary_.find(token.content)) token.id = token.id < 0 ? *known : token.id;
  }
  // Tokens with an id come first, sorted by id. The others get the ids after those, in their given order.
  std::stable_sort(all.begin(), all.end(), [](const AddedToken& a, const AddedToken& b) {
    return static_cast<uint32_t>(a.id) < static_cast<uint32_t>(b.id);
  });
  for (AddedToken& token : all) {
    const int32_t id = vocabulary_.add(token.content);
    if (token.id >= 0 && token.id != id) {
      fail(
          "added token '{}' wants id {}; expected {}: ids of added tokens continue those "
          "of the vocabulary without a gap; is a line missing in vocab.txt?",
          token.content, token.id, id);
    }
    token.id = id;
  }
  is_special_.assign(static_cast<size_t>(vocabulary_.size()), 0);
  for (const AddedToken& token : all) is_special_[static_cast<size_t>(token.id)] = token.special;
  options_.added_tokens = all;
  added_tokens_ = AddedTokens(std::move(all), options_.normalizer());
}

// Splits words into pieces and writes the tokens of one text.
class Tokenizer::TokenWriter {
 public:
  TokenWriter(const WordPiece& word_piece, Encoding& out) : word_piece_(word_piece), out_(out) {}

  void write_word(const Word& word) {
    pieces_.clear();
    word_piece_.split(word.text, pieces_);
    for (const Piece& piece : pieces_) {
      out_.push_back(piece.id, 0, word.original(piece.range.begin, piece.range.end), word_id_, false);
    }
    ++word_id_;
  }

  void write_token(int32_t id, TextRange offset) { out_.push_back(id, 0, offset, word_id_++, false); }

 private:
  const WordPiece& word_piece_;
  Encoding& out_;
  int32_t word_id_ = 0;
  std::vector<Piece> pieces_;
};

EncodeOptions Tokenizer::completed(EncodeOptions options) const {
  options.add_special_tokens &= options_.adds_special_tokens;
  options.truncation_side = options.truncation_side.value_or(options_.truncation_side);
  return options;
}

Encoding Tokenizer::encode(std::string_view text, const EncodeOptions& options) const {
  return with_rows(assemble(encode_text(text, options), std::nullopt, completed(options)));
}

Encoding Tokenizer::encode_pair(std::string_view first, std::string_view second, const EncodeOptions& options) const {
  return with_rows(assemble(encode_text(first, options), encode_text(second, options), completed(options)));
}

void Tokenizer::set_rows(int64_t rows) {
  rows_ = static_cast<int32_t>(std::min<int64_t>(rows, TokenizerOptions::no_limit));
}

void Tokenizer::require_row(int32_t id) const {
  if (id < rows_) return;
  const std::pair<const char*, int32_t> roles[] = {
      {"cls_token", cls_id_}, {"sep_token", sep_id_}, {"mask_token", mask_id_}};
  const auto* const role = std::ranges::find(roles, id, &std::pair<const char*, int32_t>::second);
  if (role != std::end(roles)) {
    fail(
        "the tokenizer's {} is '{}', which was added to it, but the model has no vector for it; name another one in "
        "tokenizer_config.json, or train the model further: that gives it one",
        role->first, vocabulary_.token(id));
  }
  fail(
      "the text has the token '{}', which was added to the tokenizer, but the model has no vector for it; leave it out "
      "of the text, or train the model further: that gives it one",
      vocabulary_.token(id));
}

void Tokenizer::require_special_rows(bool is_masked) const {
  if (options_.adds_special_tokens) {
    require_row(cls_id_);
    require_row(sep_id_);
  }
  if (is_masked) require_row(mask_id_);
}

// The encoding itself, once each of its tokens is known to have a row. What was cut off may have none.
Encoding Tokenizer::with_rows(Encoding encoding) const {
  if (rows_ >= vocabulary_.size()) return encoding;
  for (const int32_t id : encoding.ids) require_row(id);
  return encoding;
}

Encoding Tokenizer::encode_text(std::string_view text, const EncodeOptions& options) const {
  // Positions are uint32_t, and a normalized text is at most three times as long (3 bytes of Hangul become 9).
  constexpr size_t largest = size_t{1} << 30;
  if (text.size() > largest) {
    fail("text has {} bytes; expected at most 1 GiB: cut it into lines", text.size());
  }
  if (const size_t position = find_ill_formed(text); position != std::string_view::npos) {
    fail("text is not UTF-8: byte {} is 0x{:02X}; convert it to UTF-8 first", position,
         static_cast<unsigned char>(text[position]));
  }
  Encoding out;
  // A Chinese character takes three bytes and is a token. An English word with its space takes more bytes.
  out.reserve(text.size() / 3 + 4);
  TokenWriter writer(word_piece_, out);
  const bool specials = options.special_tokens_in_text && !options_.split_special_tokens;
  for (const Segment& segment : added_tokens_.cut_raw(text, specials)) {
    if (segment.id >= 0) {
      writer.write_token(segment.id, segment.range);
    } else {
      encode_segment(text, segment.range, writer);
    }
  }
  return out;
}

void Tokenizer::encode_segment(std::string_view text, TextRange range, TokenWriter& out) const {
  const auto write = [&out](const Word& word) { out.write_word(word); };
  if (!added_tokens_.any_normalized()) return word_reader_.for_each_word(text, range, write);
  const std::string_view slice = text.substr(range.begin, range.end - range.begin);
  const NormalizedText normalized = normalize(slice, options_.normalizer(), range.begin);
  for (const Segment& segment : added_tokens_.cut_normalized(normalized.text)) {
    if (segment.id >= 0) {
      out.write_token(segment.id, normalized.original(segment.range.begin, segment.range.end));
    } else {
      for_each_word(normalized, segment.range, write);
    }
  }
}

Encoding Tokenizer::add_special_tokens(Encoding first, const Encoding* second, const EncodeOptions& options) const {
  Encoding out = std::move(first);
  if (options.add_special_tokens) {
    out.push_front(cls_id_, 0, {0, 0}, -1, true);
    out.push_back(sep_id_, 0, {0, 0}, -1, true);
  }
  if (second) {
    out.append(*second, 1);
    if (options.add_special_tokens) out.push_back(sep_id_, 1, {0, 0}, -1, true);
  }
  return out;
}

Encoding Tokenizer::assemble(Encoding first, std::optional<Encoding> second, const EncodeOptions& options) const {
  const int32_t reserved = !options.add_special_tokens ? 0 : second ? 3 : 2;
  Encoding* const other = second ? &*second : nullptr;
  truncate(first, other, options, reserved);
  const std::vector<Encoding> windows = std::exchange(first.overflow, {});
  if (windows.empty() && (!other || other->overflow.empty())) {
    return add_special_tokens(std::move(first), other, options);
  }
  Encoding out = add_special_tokens(first, other, options);
  // Every window of one text is paired with every window of the other.
  for (const Encoding& window : windows) {
    out.overflow.push_back(add_special_tokens(window, other, options));
    if (!other) continue;
    for (const Encoding& other_window : other->overflow) {
      out.overflow.push_back(add_special_tokens(window, &other_window, options));
    }
  }
  if (!other) return out;
  for (const Encoding& other_window : other->overflow) {
    out.overflow.push_back(add_special_tokens(first, &other_window, options));
  }
  return out;
}

std::string Tokenizer::decode(std::span<const int32_t> ids, bool skip_special) const {
  std::vector<std::string_view> tokens;
  tokens.reserve(ids.size());
  for (const int32_t id : ids) {
    const std::string& token = vocabulary_.token(id);
    if (!token.empty() && (!skip_special || !is_special(id))) tokens.push_back(token);
  }
  return join(tokens);
}

std::string Tokenizer::join(std::span<const std::string_view> tokens) const {
  const std::string& prefix = options_.decode_prefix ? *options_.decode_prefix : options_.continuing_subword_prefix;
  return join_pieces(tokens, options_.decode_glues ? std::optional<std::string_view>(prefix) : std::nullopt,
                     options_.decode_cleanup);
}

bool Tokenizer::is_special(int32_t id) const {
  return id >= 0 && id < vocabulary_.size() && is_special_[static_cast<size_t>(id)];
}

}  // namespace mini_bert
