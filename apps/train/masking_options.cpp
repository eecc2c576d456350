#include "apps/train/masking_options.h"

namespace mini_bert {

void declare_masking_flags(CommandLine& line, MaskingRequest& o, std::string& guard) {
  line.section("Which tokens are masked (mlm, pretrain)");
  line.text("--whole-words", o.whole_words,
            "mask whole words instead of tokens: the words of a file, one a line, or auto: words found in --train");
  line.texts("--mask-words", o.mask_words, "words that are always masked: a,b,c; repeatable").repeatable();
  line.number<std::int64_t>("--ngram", o.ngram, 1, 100, "mask 1 to so many words (or tokens) in a row");
  line.text("--guard", guard,
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
