#include "tokenizer/tokenizer.h"

#include <fmt/format.h>

#include <algorithm>

#include "tokenizer/decoder.h"

namespace mini_bert {

NormalizerOptions TokenizerOptions::normalizer() const {
  return {clean_text, tokenize_chinese_chars, strip_accents.value_or(do_lower_case), do_lower_case,
          whole_cjk_extension_e};
}

Tokenizer::Tokenizer(Vocabulary vocabulary, TokenizerOptions options)
    : vocabulary_(std::move(vocabulary)),
      options_(std::move(options)),
      base_size_(vocabulary_.size()),
      pad_id_(require(options_.pad_token, "pad_token")),
      unk_id_(require(options_.unk_token, "unk_token")),
      cls_id_(require(options_.cls_token, "cls_token")),
      sep_id_(require(options_.sep_token, "sep_token")),
      mask_id_(require(options_.mask_token, "mask_token")),
      word_piece_(vocabulary_, unk_id_, options_.continuing_subword_prefix, options_.max_input_chars_per_word) {
  add_tokens();
}

int32_t Tokenizer::require(const std::string& token, const char* role) const {
  if (const auto id = vocabulary_.find(token)) return *id;
  throw TokenizerError(
      fmt::format("the vocabulary ({} tokens) has no {} '{}'; add it as a line of vocab.txt or name "
                  "the right one as {} in tokenizer_config.json",
                  vocabulary_.size(), role, token, role));
}

void Tokenizer::add_tokens() {
  std::vector<AddedToken> all = std::move(options_.added_tokens);
  for (const std::string* name :
       {&options_.pad_token, &options_.unk_token, &options_.cls_token, &options_.sep_token, &options_.mask_token}) {
    const auto given = std::find_if(all.begin(), all.end(), [&](const AddedToken& t) { return t.content == *name; });
    if (given == all.end()) {
      all.push_back({.content = *name, .special = true});
    } else {
      given->special = true;
    }
  }
  for (AddedToken& token : all) {
    if (const auto known = vocabulary_.find(token.content)) token.id = token.id < 0 ? *known : token.id;
  }
  // Those with an id first and by id; the others get what comes after, in the order they were given.
  std::stable_sort(all.begin(), all.end(), [](const AddedToken& a, const AddedToken& b) {
    return static_cast<uint32_t>(a.id) < static_cast<uint32_t>(b.id);
  });
  for (AddedToken& token : all) {
    const int32_t id = vocabulary_.add(token.content);
    if (token.id >= 0 && token.id != id) {
      throw TokenizerError(
          fmt::format("added token '{}' wants id {}; expected {}: ids of added tokens continue those "
                      "of the vocabulary without a gap",
                      token.content, token.id, id));
    }
    token.id = id;
  }
  is_special_.assign(static_cast<size_t>(vocabulary_.size()), 0);
  for (const AddedToken& token : all) is_special_[static_cast<size_t>(token.id)] = token.special;
  options_.added_tokens = all;
  added_tokens_ = AddedTokens(std::move(all), options_.normalizer());
}

Encoding Tokenizer::encode(std::string_view text, const EncodeOptions& options) const {
  return assemble(encode_text(text, options), std::nullopt, options);
}

Encoding Tokenizer::encode_pair(std::string_view first, std::string_view second, const EncodeOptions& options) const {
  return assemble(encode_text(first, options), encode_text(second, options), options);
}

Encoding Tokenizer::encode_text(std::string_view text, const EncodeOptions& options) const {
  // Positions are uint32_t, and normalizing makes a text at most three times as long (Hangul: 3 bytes become 9).
  constexpr size_t largest = size_t{1} << 30;
  if (text.size() > largest) {
    throw TokenizerError(fmt::format("text has {} bytes; expected at most 1 GiB: cut it into lines", text.size()));
  }
  if (const size_t position = find_ill_formed(text); position != std::string_view::npos) {
    throw TokenizerError(fmt::format("text is not UTF-8: byte {} is 0x{:02X}; convert it to UTF-8 first", position,
                                     static_cast<unsigned char>(text[position])));
  }
  Encoding out;
  int32_t word_id = 0;
  for (const Segment& raw : added_tokens_.cut_raw(text, options.special_tokens_in_text)) {
    if (raw.id >= 0) {
      out.push_back(raw.id, 0, raw.range, word_id++, false);
      continue;
    }
    const auto slice = text.substr(raw.range.begin, raw.range.end - raw.range.begin);
    const NormalizedText normalized = normalize(slice, options_.normalizer(), raw.range.begin);
    for (const Segment& segment : added_tokens_.cut_normalized(normalized.text)) {
      if (segment.id >= 0) {
        out.push_back(segment.id, 0, normalized.original(segment.range.begin, segment.range.end), word_id++, false);
      } else {
        encode_segment(normalized, segment.range, out, word_id);
      }
    }
  }
  return out;
}

void Tokenizer::encode_segment(const NormalizedText& normalized, TextRange range, Encoding& out,
                               int32_t& word_id) const {
  const std::string_view text = std::string_view(normalized.text).substr(range.begin, range.end - range.begin);
  std::vector<Piece> pieces;
  for (const TextRange& word : split_words(text)) {
    pieces.clear();
    word_piece_.split(text.substr(word.begin, word.end - word.begin), pieces);
    const uint32_t begin = range.begin + word.begin;
    for (const Piece& piece : pieces) {
      const TextRange offset = normalized.original(begin + piece.range.begin, begin + piece.range.end);
      out.push_back(piece.id, 0, offset, word_id, false);
    }
    ++word_id;
  }
}

Encoding Tokenizer::add_special_tokens(const Encoding& first, const Encoding* second,
                                       const EncodeOptions& options) const {
  Encoding out;
  const auto add = [&](int32_t id, int32_t type_id) {
    if (options.add_special_tokens) out.push_back(id, type_id, {0, 0}, -1, true);
  };
  add(cls_id_, 0);
  out.append(first, 0);
  add(sep_id_, 0);
  if (second) {
    out.append(*second, 1);
    add(sep_id_, 1);
  }
  return out;
}

Encoding Tokenizer::assemble(Encoding first, std::optional<Encoding> second, const EncodeOptions& options) const {
  const int32_t reserved = !options.add_special_tokens ? 0 : second ? 3 : 2;
  Encoding* const other = second ? &*second : nullptr;
  truncate(first, other, options, reserved);
  Encoding out = add_special_tokens(first, other, options);
  // Every window of one text is paired with every window of the other.
  for (const Encoding& window : first.overflow) {
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
  return join_pieces(tokens, options_.continuing_subword_prefix, options_.decode_cleanup);
}

bool Tokenizer::is_special(int32_t id) const {
  return id >= 0 && id < vocabulary_.size() && is_special_[static_cast<size_t>(id)];
}

}  // namespace mini_bert
