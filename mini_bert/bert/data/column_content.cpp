#include "mini_bert/bert/data/column_content.h"

#include <algorithm>

#include "mini_bert/base/number.h"
#include "mini_bert/base/utf8.h"
#include "mini_bert/tokenizer/unicode.h"

namespace mini_bert {
namespace {

constexpr std::size_t short_value = 20;  // characters of the name of a class or a city, at most

bool is_ascii_letter(char32_t c) {
  return ('a' <= c && c <= 'z') || ('A' <= c && c <= 'Z');
}

bool is_number(std::string_view text) {
  return number_from<double>(text).has_value();
}

// One word of ASCII characters with a digit, '_', '/' or '@' in it: an id, a file name, a URL.
bool is_code(std::string_view text) {
  bool marked = false;
  for (const char c : text) {
    if (c <= ' ' || c > '~') return false;
    marked |= ('0' <= c && c <= '9') || c == '_' || c == '/' || c == '@';
  }
  return marked;
}

}  // namespace

bool has_no_letter(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = read_code_point(text, at);
    if (point.length == 0) return false;
    if (is_ascii_letter(point.value)) return false;
    const bool sign = point.value < 0x80 || is_punctuation(point.value) || is_whitespace(point.value);
    if (!sign) return false;
    at += point.length;
  }
  return true;
}

void ColumnContent::add(const Field& cell, const std::string& label) {
  const bool is_null = !cell.is_text && cell.value == "null";
  if (is_null || is_blank(cell.value)) return;
  if (!cell.is_text) {
    ++data_;
    return;
  }
  ++filled_;
  const std::size_t length = count_code_points(cell.value);
  characters_ += length;
  longest_ = std::max(longest_, length);
  if (has_no_letter(cell.value) || is_number(cell.value)) {
    ++numbers_;
  } else if (is_code(cell.value)) {
    ++codes_;
  }
  ++values_[cell.value];
  if (!label.empty()) contradicts_label_ |= labels_.try_emplace(label, cell.value).first->second != cell.value;
}

bool ColumnContent::holds_few_values() const {
  return filled_ >= 4 && 2 * values_.size() <= filled_ && longest_ <= short_value;
}

bool ColumnContent::is_text() const {
  return filled_ > 0 && !holds_data() && !holds_ids() && !holds_few_values() && !repeats_label();
}

double ColumnContent::mean_length() const {
  return filled_ == 0 ? 0 : static_cast<double>(characters_) / static_cast<double>(filled_);
}

std::string_view ColumnContent::name() const {
  if (holds_data()) return "values that are no texts";
  if (is_empty()) return "nothing";
  if (holds_numbers()) return "numbers";
  if (holds_ids()) return "ids";
  if (holds_few_values()) return "few distinct values";
  if (repeats_label()) return "the label in other words";
  return "text";
}

}  // namespace mini_bert
