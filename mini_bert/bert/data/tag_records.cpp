#include <algorithm>
#include <optional>

#include "mini_bert/base/file_error.h"
#include "mini_bert/base/json.h"
#include "mini_bert/base/json_fields.h"
#include "mini_bert/base/utf8.h"
#include "mini_bert/bert/data/tag_formats.h"
#include "mini_bert/tokenizer/unicode.h"

namespace mini_bert {
namespace {

constexpr std::initializer_list<const char*> word_columns = {"tokens", "words", "chars", "text"};
constexpr std::initializer_list<const char*> tag_columns = {"tags", "ner_tags", "labels", "label",
                                                            "ner",  "entities", "spans"};

// The column that the user named or, without a name, the first usual one.
const Field& column_of(const Record& record, const std::string& named, std::initializer_list<const char*> usual,
                       const std::string& place) {
  const Field* field = record.find(named);
  for (const char* const name : usual) {
    if (named.empty() && field == nullptr) field = record.find(name);
  }
  require(field != nullptr, "{}: no column {} (columns: {}); name another with `text_column` or `label_column`", place,
          in_quotes(named.empty() ? *usual.begin() : named), record.column_names());
  return *field;
}

std::vector<std::string> texts_of(const Field& field, const std::string& place) {
  const auto json = field.is_text ? nlohmann::json() : parse_json(field.value, place);
  require(json.is_array(), "{}: column {} is not an array, expected an array of words or tags", place,
          in_quotes(field.name));
  std::vector<std::string> texts;
  for (const auto& entry : json) texts.push_back(entry.is_string() ? entry.get<std::string>() : entry.dump());
  return texts;
}

struct LabelledSpan {
  std::int64_t begin, end;  // in code points
  std::string type;
};

// The first of several keys that an object has.
JsonField any_of(const JsonField& object, std::initializer_list<const char*> keys) {
  for (const char* const key : keys) {
    if (const auto found = object.find(key)) return *found;
  }
  return object.at(*keys.begin());
}

LabelledSpan span_from(const JsonField& entry) {
  if (entry.json().is_object()) {
    JsonField type = any_of(entry, {"label", "labels", "type", "entity"});
    if (type.json().is_array()) {
      const std::vector<JsonField> types = type.elements();
      if (types.size() != 1) type.fail("one label");
      type = types[0];
    }
    return {any_of(entry, {"start", "start_offset", "begin"}).integer(), any_of(entry, {"end", "end_offset"}).integer(),
            type.text()};
  }
  const std::vector<JsonField> parts = entry.elements();
  if (parts.size() != 3) entry.fail("[begin, end, type], a range of the text in characters and its type");
  return {parts[0].integer(), parts[1].integer(), parts[2].text()};
}

// Cuts a text into words where BERT's tokenizer cuts it first: at white space, and around each Chinese character and
// each punctuation mark. Ranges in code points; the bytes of each word.
struct WordPlace {
  std::int64_t begin, end;
  std::size_t first_byte, last_byte;
};

std::vector<WordPlace> word_places(std::string_view text) {
  std::vector<WordPlace> words;
  std::int64_t index = 0;
  bool open = false;
  for (std::size_t at = 0; at < text.size(); ++index) {
    const CodePoint point = decode(text, at);
    const std::size_t next = at + point.length;
    const bool alone = is_cjk(point.value, true) || is_punctuation(point.value);
    if (is_whitespace(point.value)) {
      open = false;
    } else if (alone || !open) {
      words.push_back({index, index + 1, at, next});
      open = !alone;
    } else {
      words.back().end = index + 1;
      words.back().last_byte = next;
    }
    at = next;
  }
  return words;
}

// A word that shares a character with a span gets the span's type: B for the first such word, I for the others. Where
// spans overlap, the one that begins first counts, and of those the longest.
TaggedText from_spans(const Record& record, const Field& text, const Field& spans, const std::string& place) {
  const nlohmann::json json = spans.value.empty() ? nlohmann::json::array() : parse_json(spans.value, place);
  std::vector<LabelledSpan> ranges;
  const auto length = static_cast<std::int64_t>(count_code_points(text.value));
  if (!json.is_null()) {
    for (const JsonField& entry :
         JsonField(json, fmt::format("{}: column {}", place, in_quotes(spans.name))).elements()) {
      ranges.push_back(span_from(entry));
      const auto& [begin, end, type] = ranges.back();
      require(0 <= begin && begin < end && end <= length,
              "{}: the span [{}, {}, {}] is not in the text, which has {} characters; correct it", place, begin, end,
              in_quotes(type), length);
    }
  }
  std::ranges::stable_sort(ranges, {}, [](const LabelledSpan& span) { return std::pair(span.begin, -span.end); });
  TaggedText tagged{.words = {}, .tags = {}, .line = record.line};
  const LabelledSpan* before = nullptr;
  for (const WordPlace& word : word_places(text.value)) {
    const auto found = std::ranges::find_if(
        ranges, [&](const LabelledSpan& span) { return span.begin < word.end && word.begin < span.end; });
    const LabelledSpan* const span = found == ranges.end() ? nullptr : &*found;
    tagged.words.push_back(text.value.substr(word.first_byte, word.last_byte - word.first_byte));
    tagged.tags.push_back(span == nullptr ? "O" : (span == before ? "I-" : "B-") + span->type);
    before = span;
  }
  return tagged;
}

}  // namespace

TaggedText read_tag_record(const Record& record, const TagColumns& columns, const std::string& path) {
  const std::string place = fmt::format("{}: line {}", path, record.line);
  require(record.has_columns, "{}: a bare text, expected an object with words and their tags", place);
  const Field& words = column_of(record, columns.words, word_columns, place);
  const Field& tags = column_of(record, columns.tags, tag_columns, place);
  const bool is_spans =
      words.is_text && !tags.is_text && (words.name == "text" || words.name == columns.words) &&
      (tags.value == "[]" || tags.value == "null" || tags.value.starts_with("[[") || tags.value.starts_with("[{"));
  if (is_spans) return from_spans(record, words, tags, place);
  TaggedText text{texts_of(words, place), texts_of(tags, place), record.line};
  require(text.words.size() == text.tags.size(), "{}: {} words but {} tags; give each word its tag", place,
          text.words.size(), text.tags.size());
  return text;
}

}  // namespace mini_bert
