#include "mini_bert/bert/data/mask_spans.h"

#include <algorithm>
#include <string>

#include "mini_bert/base/error.h"
#include "mini_bert/base/json.h"
#include "mini_bert/base/json_fields.h"
#include "mini_bert/base/utf8.h"

namespace mini_bert {
namespace {

bool overlap(TextRange a, TextRange b) {
  return a.begin < b.end && b.begin < a.end;
}

}  // namespace

std::string_view part_of(std::string_view text, TextRange range) {
  std::size_t at = 0;
  const auto skip = [&](std::uint32_t count) {
    for (; count > 0; --count) at += decode(text, at).length;
    return at;
  };
  const std::size_t begin = skip(range.begin);
  return text.substr(begin, skip(range.end - range.begin) - begin);
}

std::vector<TextRange> parse_mask_spans(std::string_view json, std::string_view text, const std::string& where) {
  const nlohmann::json list = json_if_valid(json).value_or(std::string(json));  // none: the value was a text
  std::vector<TextRange> spans;
  if (list.is_null()) return spans;
  const JsonField field(list, where + ": \"mask\"", "rename the key if it means something else");
  const auto length = static_cast<std::int64_t>(count_code_points(text));
  if (!list.is_array()) field.fail("[[begin, end], …], ranges of the text in characters");
  for (const JsonField& span : field.elements()) {
    if (!span.json().is_array() || span.json().size() != 2)
      span.fail("[begin, end], a range of the text in characters");
    const std::vector<JsonField> ends = span.elements();
    const std::int64_t begin = ends[0].integer(), end = ends[1].integer();
    require(
        0 <= begin && begin < end && end <= length,
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
