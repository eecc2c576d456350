#include "mini_bert/tokenizer/word_counter.h"

#include <fmt/core.h>

#include "mini_bert/base/error.h"

namespace mini_bert {

void WordCounter::add_line(std::string_view line) {
  ++lines_;
  if (const size_t position = find_ill_formed(line); position != std::string_view::npos) {
    fail("line {} is not UTF-8 from its byte {} on; convert it to UTF-8 first", lines_, position);
  }
  characters_ += count_code_points(line);
  reader_.for_each_word(line, {0, static_cast<uint32_t>(line.size())}, [this](const Word& word) {
    const auto known = counts_.find(word.text);
    if (known != counts_.end()) {
      ++known->second;
    } else {
      counts_.emplace(word.text, 1);
    }
  });
}

}  // namespace mini_bert
