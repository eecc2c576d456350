#include <algorithm>
#include <optional>

#include "mini_bert/base/file_error.h"
#include "mini_bert/base/json.h"
#include "mini_bert/base/json_fields.h"
#include "mini_bert/base/utf8.h"
#include "mini_bert/bert/data/mask_spans.h"
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
  for (const auto& entry : json) {
    require(!entry.is_structured(), "{}: column {} holds {}, expected words or tags", place, in_quotes(field.name),
            in_quotes(entry.dump()));
    texts.push_back(entry.is_string() ? entry.get<std::string>() : entry.dump());
  }
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

std::string without_space(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c != ' ' && c != '\t' && c != '\n' && c != '\r') result += c;
  }
  return result;
}

// Where an object has its words too, they decide whether its end is the last character, as in CMeEE, or lies behind it.
void check_words(const JsonField& entry, std::string_view text, LabelledSpan& span) {
  std::optional<JsonField> given = entry.find("text");
  if (!given) given = entry.find("mention");
  const bool is_type = !entry.has("label") && !entry.has("labels") && !entry.has("type") && !entry.has("entity_type");
  if (!given && !is_type) given = entry.find("entity");
  if (!given || !given->json().is_string()) return;
  const auto length = static_cast<std::int64_t>(count_code_points(text));
  const std::string words = without_space(given->text());
  const auto holds_words = [&](std::int64_t end) {
    if (span.begin < 0 || end <= span.begin || end > length) return false;
    const TextRange range = {static_cast<std::uint32_t>(span.begin), static_cast<std::uint32_t>(end)};
    return without_space(part_of(text, range)) == words;
  };
  if (holds_words(span.end)) return;
  if (holds_words(span.end + 1)) {
    ++span.end;
    return;
  }
  given->fail(fmt::format("what the text has from {} to {}", span.begin, span.end));
}

LabelledSpan span_from(const JsonField& entry, std::string_view text) {
  if (entry.json().is_object()) {
    JsonField type = any_of(entry, {"label", "labels", "type", "entity_type", "entity"});
    if (type.json().is_array()) {
      const std::vector<JsonField> types = type.elements();
      if (types.size() != 1) type.fail("one label");
      type = types[0];
    }
    LabelledSpan span{any_of(entry, {"start", "start_offset", "begin", "start_idx"}).integer(),
                      any_of(entry, {"end", "end_offset", "end_idx"}).integer(), type.text()};
    check_words(entry, text, span);
    return span;
  }
  const std::vector<JsonField> parts = entry.elements();
  if (parts.size() != 3) entry.fail("[begin, end, type], a range of the text in characters and its type");
  return {parts[0].integer(), parts[1].integer(), parts[2].text()};
}

// {"name": {"叶老桂": [[9, 11]]}, …}: for each type and words, the places of their first and last characters.
std::vector<LabelledSpan> spans_of_types(const JsonField& types, std::string_view text) {
  std::vector<LabelledSpan> spans;
  for (const auto& [type, of_type] : types.object().json().items()) {
    const JsonField group = types.at(type);
    for (const auto& [words, of_words] : group.object().json().items()) {
      for (const JsonField& place : group.at(words).elements()) {
        const std::vector<JsonField> parts = place.elements();
        if (parts.size() != 2) place.fail("[first, last], places of characters in the text");
        spans.push_back({parts[0].integer(), parts[1].integer() + 1, type});
        const auto& [begin, end, name] = spans.back();
        const bool fits = 0 <= begin && begin < end && end <= static_cast<std::int64_t>(count_code_points(text));
        const TextRange range = {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)};
        if (!fits || part_of(text, range) != words) place.fail(fmt::format("the place of {}", in_quotes(words)));
      }
    }
  }
  return spans;
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
  const JsonField field(json, fmt::format("{}: column {}", place, in_quotes(spans.name)));
  std::vector<LabelledSpan> ranges;
  const auto length = static_cast<std::int64_t>(count_code_points(text.value));
  if (json.is_object()) {
    ranges = spans_of_types(field, text.value);
  } else if (!json.is_null()) {
    for (const JsonField& entry : field.elements()) {
      ranges.push_back(span_from(entry, text.value));
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

// Whether the tags are spans of a text: a list of ranges or objects, or an object of types.
bool holds_spans(const Field& tags) {
  return !tags.is_text && (tags.value.starts_with("[[") || tags.value.starts_with("[{") || tags.value.starts_with('{'));
}

// The annotated text in Label Studio's "data": the value "text", else the only text.
JsonField annotated_text(const JsonField& data) {
  if (const auto text = data.find("text")) return *text;
  std::string name;
  for (const auto& [key, value] : data.object().json().items()) {
    if (!value.is_string()) continue;
    if (!name.empty()) data.fail("one text");
    name = key;
  }
  return data.at(name.empty() ? "text" : name);
}

}  // namespace

void unpack_annotations(Record& record, const std::string& path) {
  const Field *const data = record.find("data"), *const annotations = record.find("annotations");
  if (data == nullptr || annotations == nullptr || data->is_text || annotations->is_text) return;
  const std::string place = fmt::format("{}: line {}", path, record.line);
  const nlohmann::json texts = parse_json(data->value, place), lists = parse_json(annotations->value, place);
  const std::vector<JsonField> given = JsonField(lists, place + ": annotations").elements();
  require(!given.empty(), "{}: the text has no annotation; annotate it, or export finished tasks only", place);
  nlohmann::json spans = nlohmann::json::array();
  for (const JsonField& result : given.front().at("result").elements()) {
    const auto value = result.find("value");
    if (value && value->has("labels")) spans.push_back(value->json());
  }
  const std::string text = annotated_text(JsonField(texts, place + ": data")).text();
  record.fields = {{"text", text, true}, {"label", spans.dump(), false}};
}

TagColumns decide_tag_columns(const Record& record, const TagColumns& named, const std::string& path) {
  const std::string place = fmt::format("{}: line {}", path, record.line);
  require(record.has_columns, "{}: a bare text, expected an object with words and their tags", place);
  const Field& tags = column_of(record, named.tags, tag_columns, place);
  const Field* const text = record.find("text");
  const bool may_be_text = named.words.empty() && text != nullptr && text->is_text;
  const Field* words = may_be_text && holds_spans(tags) ? text : &column_of(record, named.words, word_columns, place);
  if (may_be_text && words->value.starts_with("[{")) words = text;  // Prodigy's tokens are objects
  return {.words = words->name, .tags = tags.name};
}

std::string words_column(const Record& record, const std::string& named) {
  const auto holds_words = [](const Field* field) {
    return field != nullptr && !field->is_text && field->value.starts_with('[');
  };
  if (!named.empty()) return holds_words(record.find(named)) ? named : "";
  if (const Field* const text = record.find("text"); text != nullptr && text->is_text) return "";
  const auto found =
      std::ranges::find_if(word_columns, [&](const char* name) { return holds_words(record.find(name)); });
  return found == word_columns.end() ? "" : *found;
}

std::vector<std::string> words_of_record(const Record& record, const std::string& column, const std::string& path) {
  const std::string place = fmt::format("{}: line {}", path, record.line);
  return texts_of(column_of(record, column, word_columns, place), place);
}

TaggedText read_tag_record(const Record& record, const TagColumns& columns, const std::string& path) {
  const std::string place = fmt::format("{}: line {}", path, record.line);
  require(record.has_columns, "{}: a bare text, expected an object with words and their tags", place);
  const Field& words = column_of(record, columns.words, word_columns, place);
  const Field& tags = column_of(record, columns.tags, tag_columns, place);
  const bool has_no_span = !tags.is_text && (tags.value == "[]" || tags.value == "null");
  if (words.is_text && (holds_spans(tags) || has_no_span)) return from_spans(record, words, tags, place);
  TaggedText text{
      .words = {}, .tags = tags.is_text ? split_words(tags.value, 1) : texts_of(tags, place), .line = record.line};
  // A text and its class, as for the task classify, would be one word and its tag.
  require(!tags.is_text || text.tags.size() != 1 || is_tag(text.tags[0], {}),
          "{}: column {} is {}, expected a tag for each word", place, in_quotes(tags.name), in_quotes(tags.value));
  text.words = words.is_text ? split_words(words.value, text.tags.size()) : texts_of(words, place);
  require(text.words.size() == text.tags.size(), "{}: {} words but {} tags; give each word its tag", place,
          text.words.size(), text.tags.size());
  return text;
}

}  // namespace mini_bert
