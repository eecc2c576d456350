#pragma once

#include <fmt/core.h>

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace mini_bert {

// The languages of report.html. The page is written in the first; each element carries its text in the others, and a
// script shows the reader's. A further language is a row here and a column in texts.h.
struct Language {
  const char *code, *name;
};
inline constexpr std::array<Language, 2> report_languages = {{{"en", "English"}, {"zh", "中文"}}};

// A format string for each language, in the order of report_languages. Placeholders are numbered: {0}, {1}.
using Phrase = std::array<const char*, report_languages.size()>;

// A text in each language. A string, such as a number or a probe, is the same in all of them.
class Text {
 public:
  Text() = default;
  Text(const std::string& same) { in_.fill(same); }    // NOLINT(google-explicit-constructor)
  Text(const char* same) : Text(std::string(same)) {}  // NOLINT(google-explicit-constructor)
  Text(const Phrase& phrase) {                         // NOLINT(google-explicit-constructor)
    for (std::size_t i = 0; i < in_.size(); ++i) in_[i] = phrase[i];
  }

  std::string& in(std::size_t language) { return in_[language]; }
  const std::string& in(std::size_t language) const { return in_[language]; }
  const std::string& english() const { return in_.front(); }
  bool empty() const { return in_.front().empty(); }
  bool is_same() const;  // whether all languages have the same text
  Text& operator+=(const Text& other);

 private:
  std::array<std::string, report_languages.size()> in_;
};
Text operator+(Text left, const Text& right);

namespace text_detail {
template <class Value>
const auto& in_language(const Value& value, std::size_t language) {
  if constexpr (std::is_same_v<Value, Text>) {
    return value.in(language);
  } else {
    return value;
  }
}
}  // namespace text_detail

// Fills the placeholders of a phrase. An argument that is a Text is taken in the language of the phrase.
template <class... Values>
Text phrased(const Phrase& phrase, const Values&... values) {
  Text text;
  for (std::size_t i = 0; i < phrase.size(); ++i) {
    text.in(i) = fmt::format(fmt::runtime(phrase[i]), text_detail::in_language(values, i)...);
  }
  return text;
}

// Translates a text that another part of the program has written in English: a row of texts.h whose English column,
// with any text at its placeholders, equals it. The placeholders' texts are translated in the same way. A text that no
// row equals stays English.
Text translated(const std::string& english);

// Each language's text with its first letter in upper case, where it is one of a to z.
Text capitalized(Text text);

// Joins clauses: "a", "a and b", "a, b, and c".
Text joined(const std::vector<Text>& clauses);

// The attributes that hold the text in the other languages: data-zh="…", or with a suffix data-zh-label="…". Empty when
// the text is the same in all languages.
std::string translations(const Text& text, std::string_view suffix = "");

// An element that contains only this text: element("p class=\"note\"", text).
std::string element(std::string_view start, const Text& text);

// The attribute aria-label with its translations. It begins with a space.
std::string label_attributes(const Text& text);

}  // namespace mini_bert
