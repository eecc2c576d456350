#include "mini_bert/bert/metrics/answers.h"

#include <algorithm>
#include <map>
#include <utility>

#include "mini_bert/base/utf8.h"
#include "mini_bert/tokenizer/unicode.h"

namespace mini_bert {

namespace {

using AnswerParts = std::vector<std::string>;

bool is_article(std::string_view word) {
  return word == "a" || word == "an" || word == "the";
}

void append_lower(std::string& word, char32_t c) {
  const CodePoints lower = lower_case(c);
  for (std::uint32_t i = 0; i < lower.size; ++i) append_utf8(word, lower.value[i]);
}

AnswerParts chinese_parts(std::string_view text) {
  AnswerParts parts;
  std::string word;
  const auto end_word = [&] {
    if (!word.empty() && !is_article(word)) parts.push_back(word);
    word.clear();
  };
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = read_code_point(text, at);
    if (point.length == 0) break;
    at += point.length;
    if (is_cjk(point.value, true)) {
      end_word();
      append_utf8(word, point.value);
      parts.push_back(std::exchange(word, {}));
    } else if (is_whitespace(point.value)) {
      end_word();
    } else if (!is_punctuation(point.value)) {
      append_lower(word, point.value);
    }
  }
  end_word();
  return parts;
}

// The evaluation script drops ASCII punctuation first and then the articles, which end where a character is no letter
// and no digit: “the” in curly quotes is an article too. White space alone separates words.
AnswerParts english_parts(std::string_view text) {
  AnswerParts parts;
  std::string part, word;
  const auto end_word = [&] {
    if (!is_article(word)) {
      part += word;
    } else if (!part.empty()) {
      parts.push_back(std::exchange(part, {}));  // the article leaves a blank behind
    }
    word.clear();
  };
  const auto end_part = [&] {
    if (!part.empty()) parts.push_back(std::exchange(part, {}));
  };
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = read_code_point(text, at);
    if (point.length == 0) break;
    at += point.length;
    if (point.value < 0x80 && is_punctuation(point.value)) continue;
    if (is_word_character(point.value) && !is_nonspacing_mark(point.value)) {
      append_lower(word, point.value);
      continue;
    }
    end_word();
    if (is_whitespace(point.value)) {
      end_part();
    } else {
      append_lower(part, point.value);
    }
  }
  end_word();
  end_part();
  return parts;
}

AnswerLanguage language_of_both(std::string_view a, std::string_view b) {
  return language_of(a) == AnswerLanguage::chinese ? AnswerLanguage::chinese : language_of(b);
}

}  // namespace

AnswerLanguage language_of(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = read_code_point(text, at);
    if (point.length == 0) break;
    at += point.length;
    const bool wide =
        (0x3001 <= point.value && point.value <= 0x303F) || (0xFF01 <= point.value && point.value <= 0xFF65);
    if (wide || is_cjk(point.value, true)) return AnswerLanguage::chinese;
  }
  return AnswerLanguage::english;
}

std::vector<std::string> answer_parts(std::string_view text, AnswerLanguage language) {
  return language == AnswerLanguage::english ? english_parts(text) : chinese_parts(text);
}

bool same_answer(std::string_view expected, std::string_view predicted) {
  const AnswerLanguage language = language_of_both(expected, predicted);
  return answer_parts(expected, language) == answer_parts(predicted, language);
}

double answer_f1(std::string_view expected, std::string_view predicted) {
  const AnswerLanguage language = language_of_both(expected, predicted);
  const AnswerParts is = answer_parts(expected, language), found = answer_parts(predicted, language);
  if (is.empty() || found.empty()) return is.empty() && found.empty() ? 1 : 0;
  std::map<std::string_view, Index> counts;
  for (const std::string& part : is) ++counts[part];
  Index shared = 0;
  for (const std::string& part : found) shared += counts[part]-- > 0;
  return 2 * static_cast<double>(shared) / static_cast<double>(is.size() + found.size());
}

std::vector<Metric> answer_metrics(const std::vector<std::vector<std::string>>& expected,
                                   const std::vector<std::string>& predicted) {
  double f1 = 0, exact = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const std::vector<std::string> answers = expected[i].empty() ? std::vector<std::string>{""} : expected[i];
    double best_f1 = 0;
    bool same = false;
    for (const std::string& answer : answers) {
      best_f1 = std::max(best_f1, answer_f1(answer, predicted[i]));
      same = same || same_answer(answer, predicted[i]);
    }
    f1 += best_f1;
    exact += same;
  }
  const double count = std::max(static_cast<double>(expected.size()), 1.0);
  return {{"f1", f1 / count}, {"exact_match", exact / count}};
}

}  // namespace mini_bert
