#include "apps/report/text.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "apps/report/html.h"
#include "apps/report/texts.h"

namespace mini_bert {
namespace {

// What stands at the placeholders {0}, {1}, … of `pattern` in `text`, or nothing when the text does not have this form.
// A placeholder takes as little as possible, the last one the rest.
std::optional<std::vector<std::string>> values_of(std::string_view pattern, std::string_view text) {
  std::vector<std::string> values;
  for (;;) {
    const std::string placeholder = fmt::format("{{{}}}", values.size());
    const std::size_t at = pattern.find(placeholder);
    if (at == std::string_view::npos) {
      if (pattern != text) return std::nullopt;
      return values;
    }
    if (text.substr(0, at) != pattern.substr(0, at)) return std::nullopt;
    text.remove_prefix(at);
    pattern.remove_prefix(at + placeholder.size());
    const std::string_view next = pattern.substr(0, pattern.find('{'));
    const bool ends = next.size() == pattern.size();
    const bool fits = text.size() >= next.size() && text.substr(text.size() - next.size()) == next;
    const std::size_t end = !ends ? text.find(next) : fits ? text.size() - next.size() : std::string_view::npos;
    if (end == std::string_view::npos) return std::nullopt;
    values.emplace_back(text.substr(0, end));
    text.remove_prefix(end);
  }
}

// The pattern with its placeholders replaced by the values.
std::string filled(std::string_view pattern, const std::vector<Text>& values, std::size_t language) {
  std::string text;
  while (!pattern.empty()) {
    const std::size_t at = std::min(pattern.find('{'), pattern.size());
    text += pattern.substr(0, at);
    pattern.remove_prefix(at);
    if (pattern.empty()) break;
    text += values.at(static_cast<std::size_t>(pattern[1] - '0')).in(language);
    pattern.remove_prefix(3);
  }
  return text;
}

}  // namespace

bool Text::is_same() const {
  return std::ranges::all_of(in_, [this](const std::string& text) { return text == english(); });
}

Text& Text::operator+=(const Text& other) {
  for (std::size_t i = 0; i < in_.size(); ++i) in_[i] += other.in_[i];
  return *this;
}

Text operator+(Text left, const Text& right) {
  return left += right;
}

Text translated(const std::string& english) {
  for (const Phrase& row : say::from_elsewhere) {
    const auto found = values_of(row.front(), english);
    if (!found) continue;
    std::vector<Text> values;
    for (const std::string& value : *found) values.push_back(translated(value));
    Text text = english;
    for (std::size_t i = 1; i < row.size(); ++i) text.in(i) = filled(row[i], values, i);
    return text;
  }
  return english;
}

Text capitalized(Text text) {
  for (std::size_t i = 0; i < report_languages.size(); ++i) {
    std::string& words = text.in(i);
    if (!words.empty() && 'a' <= words[0] && words[0] <= 'z') words[0] = static_cast<char>(words[0] - 'a' + 'A');
  }
  return text;
}

Text joined(const std::vector<Text>& clauses) {
  Text text;
  for (std::size_t i = 0; i < clauses.size(); ++i) {
    if (i > 0) text += clauses.size() == 2 ? say::between_two : i + 1 == clauses.size() ? say::before_last : say::comma;
    text += clauses[i];
  }
  return text;
}

std::string translations(const Text& text, std::string_view suffix) {
  if (text.is_same()) return "";
  std::string attributes;
  for (std::size_t i = 1; i < report_languages.size(); ++i) {
    attributes += fmt::format(" data-{}{}=\"{}\"", report_languages[i].code, suffix, escape_html(text.in(i)));
  }
  return attributes;
}

std::string element(std::string_view start, const Text& text) {
  return fmt::format("<{}{}>{}</{}>", start, translations(text), escape_html(text.english()),
                     start.substr(0, start.find(' ')));
}

std::string label_attributes(const Text& text) {
  return fmt::format(" aria-label=\"{}\"{}", escape_html(text.english()), translations(text, "-label"));
}

}  // namespace mini_bert
