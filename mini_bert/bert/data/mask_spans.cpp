#include "mini_bert/bert/data/mask_spans.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "mini_bert/base/error.h"
#include "mini_bert/base/utf8.h"

namespace mini_bert {
namespace {

// The part of a text in a range of code points.
std::string_view part_of(std::string_view text, TextRange range) {
  std::size_t at = 0;
  const auto skip = [&](std::uint32_t count) {
    for (; count > 0; --count) at += decode(text, at).length;
    return at;
  };
  const std::size_t begin = skip(range.begin);
  return text.substr(begin, skip(range.end - range.begin) - begin);
}

bool overlap(TextRange a, TextRange b) {
  return a.begin < b.end && b.begin < a.end;
}

}  // namespace

std::vector<TextRange> parse_mask_spans(std::string_view json, std::string_view text, const std::string& where) {
  const nlohmann::json list = nlohmann::json::parse(json, nullptr, false);
  std::vector<TextRange> spans;
  if (list.is_null()) return spans;
  const auto is_pair = [](const nlohmann::json& pair) {
    return pair.is_array() && pair.size() == 2 && std::ranges::all_of(pair, &nlohmann::json::is_number_integer);
  };
  if (!list.is_array() || !std::ranges::all_of(list, is_pair)) {
    fail(
        "{}: \"mask\" is {}, expected [[begin, end], …], ranges of the text in characters; rename the key if it means "
        "something else",
        where, json.substr(0, 60));
  }
  const std::size_t length = count_code_points(text);
  for (const auto& pair : list) {
    const auto begin = pair[0].get<std::int64_t>(), end = pair[1].get<std::int64_t>();
    require(
        0 <= begin && begin < end && end <= static_cast<std::int64_t>(length),
        "{}: \"mask\" has the span [{}, {}], expected 0 <= begin < end <= {}, the characters of the text; correct it",
        where, begin, end, length);
    spans.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)});
    require(!is_blank(part_of(text, spans.back())),
            "{}: \"mask\" has the span [{}, {}], which holds nothing but white space; correct it", where, begin, end);
  }
  return spans;
}

std::vector<MaskRule> mask_rules(const Encoding& encoding, std::string_view text, std::span<const TextRange> spans) {
  std::vector<MaskRule> rules;
  if (spans.empty()) return rules;
  for (const TextRange token : code_point_offsets(encoding, text)) {
    const bool chosen = std::ranges::any_of(spans, [&](TextRange span) { return overlap(token, span); });
    rules.push_back(chosen ? MaskRule::always : MaskRule::never);
  }
  return rules;
}

Index count_lost_spans(const Encoding& encoding, std::string_view text, std::span<const TextRange> spans,
                       std::size_t tokens, const Tokenizer& tokenizer) {
  if (spans.empty()) return 0;
  std::vector<TextRange> places = code_point_offsets(encoding, text);
  places.resize(std::min(places.size(), tokens));
  return std::ranges::count_if(spans, [&](TextRange span) {
    for (std::size_t i = 0; i < places.size(); ++i) {
      if (overlap(places[i], span) && !tokenizer.is_special(encoding.ids[i])) return false;
    }
    return true;
  });
}

}  // namespace mini_bert
