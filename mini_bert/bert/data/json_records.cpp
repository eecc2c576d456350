#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include <nlohmann/json.hpp>

#include "mini_bert/base/error.h"
#include "mini_bert/base/file_error.h"
#include "mini_bert/base/json.h"
#include "mini_bert/base/json_position.h"
#include "mini_bert/base/utf8.h"
#include "mini_bert/bert/data/record_formats.h"

namespace mini_bert {
namespace {

using nlohmann::json;

// Iterates over a text and stores the current place in `*position`, because the parser does not report it.
struct TrackingIterator {
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  const char* at;
  const char** position;

  char operator*() const { return *at; }
  TrackingIterator& operator++() {
    *position = ++at;
    return *this;
  }
  bool operator==(const TrackingIterator& other) const { return at == other.at; }
  bool operator!=(const TrackingIterator& other) const { return at != other.at; }
};

// Passes each element of an array to the sink while the array is parsed, so no tree of the whole file is built.
class RecordHandler : public nlohmann::json_sax<json> {
 public:
  // `first_line` is the line of the file where the text begins. `array`: the text is an array of elements; if not, it
  // is one element. `bad` gets elements that are no records; without it, they throw.
  RecordHandler(std::string_view text, std::size_t first_line, bool array, const std::string& path,
                const RecordSink& sink, const BadRecordSink& bad = {})
      : text_(text),
        first_line_(first_line),
        line_(first_line),
        array_(array),
        path_(path),
        sink_(sink),
        bad_(bad),
        position_(text.data()),
        counted_(text.data()) {}

  void parse() {
    refuse_zero_bytes(text_, path_, first_line_);
    json::sax_parse(TrackingIterator{text_.data(), &position_},
                    TrackingIterator{text_.data() + text_.size(), &position_}, this);
  }

  bool start_array(std::size_t) override {
    if (array_ && depth_ == 0) {
      ++depth_;
      return true;
    }
    open_nested('[', "an array");
    return true;
  }
  bool end_array() override {
    if (--depth_ >= field_depth()) {
      append("]");
    } else if (!fault_.empty()) {
      finish_element();
    }
    return true;
  }

  bool start_object(std::size_t) override {
    if (depth_ != element_depth()) {
      open_nested('{', "an object");
      return true;
    }
    ++depth_;
    ++elements_;
    record_ = {.line = current_line(), .has_columns = true, .fields = {}};
    return true;
  }
  bool end_object() override {
    if (--depth_ == element_depth()) {
      finish_element();
    } else {
      append("}");
    }
    return true;
  }
  bool key(std::string& name) override {
    if (depth_ == field_depth()) {
      if (record_.find(name) != nullptr) {
        note_fault(fmt::format("{}: line {}: the object has column {} twice; keep one of them", path_, current_line(),
                               in_quotes(name)));
      }
      if (record_.fields.size() == most_columns) {
        fail("{}: line {}: the object has more than {} columns; is it the right file?", path_, current_line(),
             most_columns);
      }
      record_.fields.push_back({std::move(name), {}, false});
    } else {
      append(json(name).dump());
      value() += ':';
      after_key_ = true;
    }
    return true;
  }

  bool string(std::string& text) override {
    if (depth_ == field_depth()) {
      record_.fields.back().value = std::move(text);
      record_.fields.back().is_text = true;
    } else if (depth_ == element_depth()) {
      ++elements_;
      record_ = {.line = current_line(), .has_columns = false, .fields = {{"text", std::move(text)}}};
      sink_(record_);
    } else {
      scalar(json(text).dump(), "a text");
    }
    return true;
  }
  bool null() override {
    if (depth_ != element_depth()) return scalar("null", "null");
    std::string blank;
    return string(blank);
  }
  bool boolean(bool truth) override { return scalar(truth ? "true" : "false", truth ? "true" : "false"); }
  bool number_integer(json::number_integer_t number) override { return scalar(std::to_string(number), "a number"); }
  bool number_unsigned(json::number_unsigned_t number) override { return scalar(std::to_string(number), "a number"); }
  bool number_float(json::number_float_t, const std::string& text) override { return scalar(text, "a number"); }
  bool binary(json::binary_t&) override { return scalar("null", "binary data"); }

  bool parse_error(std::size_t offset, const std::string&, const nlohmann::detail::exception& error) override {
    TextPosition position = locate(text_, offset);
    position.line += first_line_ - 1;
    fail("{}: not JSON, {}: {}; correct the file", path_, to_string(position), json_reason(error.what()));
  }

 private:
  static constexpr int most_depth = 32;
  static constexpr std::size_t most_columns = 10'000;

  int element_depth() const { return array_ ? 1 : 0; }     // open brackets around an element
  int field_depth() const { return element_depth() + 1; }  // open brackets around the value of a column

  std::size_t current_line() {
    // The last byte read is not counted, because the parser reads one byte past a number to find its end.
    const char* last = std::max(counted_, position_ - 1);
    line_ += static_cast<std::size_t>(std::count(counted_, last, '\n'));
    counted_ = last;
    return line_;
  }

  std::string& value() { return record_.fields.back().value; }

  // Appends a piece of JSON to a nested value, with a comma before the piece if it needs one.
  void append(std::string_view piece) {
    const bool closes = piece == "]" || piece == "}";
    std::string& text = value();
    if (!text.empty() && !closes && !after_key_ && text.back() != '[' && text.back() != '{') text += ',';
    text += piece;
    after_key_ = false;
  }

  void open_nested(char bracket, std::string_view found) {
    if (!is_inside_object()) refuse_element(found);
    if (depth_ >= most_depth) {
      fail("{}: line {}: JSON nested deeper than {} levels; is it the right file?", path_, current_line(), most_depth);
    }
    append(std::string_view(&bracket, 1));
    ++depth_;
  }

  bool scalar(std::string_view text, std::string_view found) {
    if (is_inside_object()) {
      append(text);
    } else {
      refuse_element(found);
      finish_element();
    }
    return true;
  }

  bool is_inside_object() const { return depth_ >= field_depth(); }

  // A value that is neither a text nor an object is allowed only inside an object.
  void refuse_element(std::string_view found) {
    if (array_ && depth_ == 0) {
      fail("{}: the top level is {}, expected an array of texts or objects, or one of them per line", path_, found);
    }
    ++elements_;
    record_ = {.line = current_line(), .has_columns = true, .fields = {{}}};  // the field collects what is dropped
    note_fault(fmt::format("{}: line {}: {} is {}, expected a text or an object; correct the file", path_, record_.line,
                           array_ ? fmt::format("element {}", elements_) : "the line", found));
  }

  // Notes why the current element is no record.
  void note_fault(std::string reason) {
    if (!bad_) throw Error(reason);
    if (fault_.empty()) fault_ = std::move(reason);
  }

  void finish_element() {
    if (fault_.empty()) return sink_(record_);
    bad_(Error(std::exchange(fault_, {})), record_.line);
  }

  std::string_view text_;
  std::size_t first_line_;
  std::size_t line_;
  bool array_;
  const std::string& path_;
  const RecordSink& sink_;
  const BadRecordSink bad_;
  std::string fault_;     // why the current element is no record
  const char* position_;  // how far the parser has read
  const char* counted_;   // line_ counts the lines before this place
  int depth_ = 0;
  std::size_t elements_ = 0;
  bool after_key_ = false;
  Record record_;
};

}  // namespace

bool is_json_lines(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n", first_bytes = "{[\"n";  // of an object, an array, a text, null
  const auto skip_blanks = [&] { text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size())); };
  const auto begins_value = [&] { return !text.empty() && first_bytes.find(text[0]) != std::string_view::npos; };
  skip_blanks();
  const std::string_view whole = text;
  const bool begins_like_an_array = text.starts_with('[');
  const bool begins_like_a_record = begins_value() && !begins_like_an_array;
  const bool has_whole_line = json::accept(take_line(text));
  skip_blanks();
  if (has_whole_line) return begins_like_a_record || (begins_like_an_array ? begins_value() : !text.empty());
  return !whole.empty() && !begins_like_an_array && !json::accept(whole);
}

namespace {

// Refuses a file that is one object of columns: {"text": {"0": …}, …}, as pandas' to_json() writes it, or {"data": [ …
// ]}.
void refuse_object_of_columns(std::string_view text, const std::string& path) {
  const json whole = json_if_valid(text).value_or(json());
  if (!whole.is_object() || whole.empty()) return;
  const bool has_columns = std::ranges::all_of(whole, [](const json& value) { return value.is_object(); });
  constexpr std::array lists = {"data", "train", "rows", "records", "examples", "items"};
  const auto list = std::ranges::find_if(lists, [&](const char* key) {
    return whole.contains(key) && whole[key].is_array() && !whole[key].empty() && whole[key][0].is_structured();
  });
  require(!has_columns || list != lists.end(),
          "{}: the file is one object ({}), expected an array of texts or objects, or one of them per line; pandas "
          "writes it with orient=\"records\"",
          path, whole.begin().key().substr(0, 40));
  require(list == lists.end(),
          "{}: the file is one object ({}), expected an array of texts or objects, or one of them per line; write the "
          "list under \"{}\" alone, or with orient=\"records\" if pandas writes the file",
          path, whole.begin().key().substr(0, 40), list == lists.end() ? "" : *list);
}

}  // namespace

void read_json(std::string_view text, const std::string& path, const RecordSink& sink, const BadRecordSink& bad) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos && data_extension(path) != ".json") return;  // no lines
  if (!is_json_lines(text)) {
    if (bad) text = require_utf8(text, path);
    return RecordHandler(text, 1, true, path, sink, bad).parse();
  }
  if (text.find('\n') >= text.find_last_not_of(" \t\r\n")) refuse_object_of_columns(text, path);
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::string_view line = take_line(text);
    if (line.find_first_not_of(" \t") == std::string_view::npos) continue;
    Record read;
    const RecordSink keep = [&](Record& record) { read = std::move(record); };
    try {
      require_utf8_line(line, path, number);
      RecordHandler(line, number, false, path, keep).parse();
    } catch (const Error& error) {
      if (!bad) throw;
      bad(error, number);
      continue;
    }
    sink(read);
  }
}

}  // namespace mini_bert
