#include "mini_bert/base/json_position.h"

#include <algorithm>

#include "mini_bert/base/error.h"
#include "mini_bert/base/utf8.h"

namespace mini_bert {

TextPosition locate(std::string_view text, std::size_t nth) {
  const std::string_view before = text.substr(0, std::min(nth > 0 ? nth - 1 : 0, text.size()));
  const auto is_character = [](char c) { return !is_continuation(c); };
  const std::size_t line_begin = before.rfind('\n') + 1;  // npos + 1 is 0
  return {.line = 1 + static_cast<std::size_t>(std::ranges::count(before, '\n')),
          .column = 1 + static_cast<std::size_t>(std::ranges::count_if(before.substr(line_begin), is_character))};
}

std::string to_string(const TextPosition& position) {
  return fmt::format("line {} column {}", position.line, position.column);
}

void refuse_zero_bytes(std::string_view text, const std::string& name, std::size_t first_line) {
  const std::size_t zero = text.find('\0');
  if (zero == std::string_view::npos) return;
  TextPosition position = locate(text, zero + 1);
  position.line += first_line - 1;
  fail("{}: not JSON, {}: a zero byte; the file is damaged or of another kind", name, to_string(position));
}

std::string json_reason(std::string_view what) {
  // "[json.exception.parse_error.101] parse error at line 1, column 5: syntax error while parsing value - invalid
  // literal; last read: 'nul}'; expected …". What was last read may be megabytes.
  constexpr std::string_view last_read = "; last read: '";
  constexpr std::string_view expected = "; expected ";
  // Since version 3.11.3 an empty text has a message of its own.
  if (what.find("attempting to parse an empty input") != what.npos) return "unexpected end of input";
  const std::size_t dash = what.find(" - ");
  // "[json.exception.out_of_range.406] number overflow parsing '1e999'" has no dash.
  const std::size_t frame = what.starts_with("[json.") ? what.find("] ") : what.npos;
  std::string_view reason = dash != what.npos    ? what.substr(dash + 3)
                            : frame != what.npos ? what.substr(frame + 2)
                                                 : what;
  const std::size_t cut = reason.find(last_read);
  if (cut == std::string_view::npos) return std::string(reason.substr(0, 200));
  const std::size_t tail = reason.rfind(expected);
  const std::string_view rest = tail != std::string_view::npos && tail > cut ? reason.substr(tail) : "";
  return fmt::format("{}{}", reason.substr(0, cut), rest);
}

}  // namespace mini_bert
