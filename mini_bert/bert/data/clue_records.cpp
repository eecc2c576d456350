#include "mini_bert/bert/data/clue_records.h"

#include <algorithm>

#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "mini_bert/base/error.h"
#include "mini_bert/base/file_error.h"
#include "mini_bert/base/json.h"
#include "mini_bert/base/json_fields.h"
#include "mini_bert/base/utf8.h"
#include "mini_bert/bert/data/mask_spans.h"

namespace mini_bert {
namespace {

Field* field_of(Record& record, std::string_view name) {
  const auto found = std::ranges::find(record.fields, name, &Field::name);
  return found == record.fields.end() ? nullptr : &*found;
}

void join_keywords(Field& keywords, const std::string& place) {
  const nlohmann::json list = parse_json(keywords.value, place);
  std::vector<std::string> words;
  JsonField(list, fmt::format("{}: {}", place, keywords.name)).get(words);
  keywords.value = fmt::format("{}", fmt::join(words, " "));
  keywords.is_text = true;
}

struct MarkedSpan {
  std::size_t begin, end;  // in bytes
  std::string_view before, behind;
};

MarkedSpan span_of(const JsonField& target, const char* number, std::string_view text, std::string_view before,
                   std::string_view behind) {
  const std::string words = target.at(fmt::format("span{}_text", number)).text();
  const JsonField place = target.at(fmt::format("span{}_index", number));
  const std::int64_t first = place.integer(0);
  const auto length = static_cast<std::int64_t>(count_code_points(words));
  const bool fits = first + length <= static_cast<std::int64_t>(count_code_points(text));
  const TextRange range = {static_cast<std::uint32_t>(first), static_cast<std::uint32_t>(first + length)};
  const std::string_view found = fits ? part_of(text, range) : std::string_view();
  if (words.empty() || found != words) place.fail(fmt::format("the place of {}", in_quotes(words)));
  const auto begin = static_cast<std::size_t>(found.data() - text.data());
  return {begin, begin + found.size(), before, behind};
}

std::string with_marks(const std::string& text, const JsonField& target) {
  MarkedSpan first = span_of(target, "1", text, "_", "_"), second = span_of(target, "2", text, "[", "]");
  if (second.begin < first.begin) std::swap(first, second);
  require(first.end <= second.begin, "{}: the two spans overlap; correct the file", target.place());
  std::string marked = text;
  for (const MarkedSpan& span : {second, first}) {
    marked.insert(span.end, span.behind).insert(span.begin, span.before);
  }
  return marked;
}

}  // namespace

void write_out_clue_record(Record& record, const std::string& path) {
  if (!record.has_columns) return;
  const auto place = [&] { return fmt::format("{}: line {}", path, record.line); };
  Field* const keywords = field_of(record, "keyword");
  if (keywords != nullptr && !keywords->is_text && keywords->value.starts_with('[') && record.find("abst") != nullptr) {
    join_keywords(*keywords, place());
  }
  Field *const text = field_of(record, "text"), *const target = field_of(record, "target");
  if (text == nullptr || !text->is_text || target == nullptr || target->is_text ||
      target->value.find("\"span1_index\"") == std::string::npos) {
    return;
  }
  const nlohmann::json spans = parse_json(target->value, place());
  text->value = with_marks(text->value, JsonField(spans, place() + ": target"));
}

}  // namespace mini_bert
