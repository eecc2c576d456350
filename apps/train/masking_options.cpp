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
  line.section("What is guessed (mlm, pretrain)");
  line.text("--whole-words", o.whole_words,
            "mask words, not tokens: those of a file with a word a line, or auto: words found in --train itself");
  line.texts("--mask-words", o.mask_words, "words masked wherever they stand, a,b,c; repeatable")
      .repeatable();
  line.number<std::int64_t>("--ngram", o.ngram, 1, 100, "mask 1 to so many words (or tokens) in a row");
  line.text(
      "--guard", o.guard,
      "texts with a [MASK] and their right answers, asked to see what is forgotten; default: data/guard-zh.jsonl");
}

void check_masking_flags(const MaskingOptions& o, const std::string& task) {
  if (task == "mlm" || task == "pretrain") return;
  const auto usage = [](bool ok, const char* message) {
    if (!ok) throw UsageError(message);
  };
  usage(o.whole_words.empty(), "--whole-words goes with --task mlm and pretrain");
  usage(o.mask_words.empty(), "--mask-words goes with --task mlm and pretrain");
  usage(o.guard.empty(), "--guard goes with --task mlm and pretrain: it asks for masked words");
  usage(o.ngram == 1, "--ngram goes with --task mlm and pretrain");
}

}  // namespace mini_bert
