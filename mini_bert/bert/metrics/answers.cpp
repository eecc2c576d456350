#include "mini_bert/bert/metrics/answers.h"

#include <algorithm>
#include <map>
#include <utility>

#include "mini_bert/base/utf8.h"
#include "mini_bert/tokenizer/unicode.h"

namespace mini_bert {

std::vector<std::string> answer_parts(std::string_view text) {
  std::vector<std::string> parts;
  std::string word;
  const auto end_word = [&] {
    if (!word.empty() && word != "a" && word != "an" && word != "the") parts.push_back(word);
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
      const CodePoints lower = lower_case(point.value);
      for (std::uint32_t i = 0; i < lower.size; ++i) append_utf8(word, lower.value[i]);
    }
  }
  end_word();
  return parts;
}

bool same_answer(std::string_view expected, std::string_view predicted) {
  return answer_parts(expected) == answer_parts(predicted);
}

double answer_f1(std::string_view expected, std::string_view predicted) {
  const std::vector<std::string> is = answer_parts(expected), found = answer_parts(predicted);
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
