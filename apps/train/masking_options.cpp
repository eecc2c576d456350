#include "apps/train/masking_options.h"

#include <algorithm>
#include <string_view>

namespace mini_bert {

std::vector<std::string> MaskingOptions::split_mask_words() const {
  std::vector<std::string> words;
  for (std::string_view rest : mask_words) {
    while (!rest.empty()) {
      std::size_t end = rest.size(), next = rest.size();
      for (const std::string_view comma : {",", "，", "、"}) {
        const std::size_t found = rest.find(comma);
        if (found >= end) continue;
        end = found;
        next = found + comma.size();
      }
      if (end > 0) words.emplace_back(rest.substr(0, end));
      rest.remove_prefix(next);
    }
  }
  return words;
}

void declare_masking_flags(CommandLine& line, MaskingOptions& o) {
  line.section("Which tokens are masked (mlm, pretrain)");
  line.text("--whole-words", o.whole_words,
            "mask whole words instead of tokens: the words of a file, one a line, or auto: words found in --train");
  line.texts("--mask-words", o.mask_words, "words that are always masked: a,b,c; repeatable").repeatable();
  line.number<std::int64_t>("--ngram", o.ngram, 1, 100, "mask 1 to so many words (or tokens) in a row");
  line.text("--guard", o.guard,
            "file of texts with a [MASK] and their right answers, asked during training to see what the model forgets; "
            "default: data/guard-zh.jsonl");
}

std::vector<TaskFlag> masking_flags() {
  return {{"config", "it trains from random weights; for another task name a --model"},
          {"mask-probability", "it masks tokens"},
          {"text-column"},
          {"whole-words"},
          {"mask-words"},
          {"ngram"},
          {"guard", "it asks for masked words"},
          {"anchor"}};
}

}  // namespace mini_bert
