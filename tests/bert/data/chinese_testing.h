#pragma once

#include <string>
#include <vector>

#include "mini_bert/bert/data/dataset.h"

namespace mini_bert::test {

// Twenty Chinese characters, two punctuation marks, and a few letters and word endings.
inline Tokenizer chinese_tokenizer() {
  std::vector<std::string> tokens = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "。",
                                     "，",    "a",     "b",     "c",     "##a",    "##b"};
  for (const char* character : {"天", "地", "日", "月", "山", "水", "风", "云", "诸", "葛",
                                "亮", "涛", "孔", "明", "人", "大", "小", "上", "下", "中"}) {
    tokens.emplace_back(character);
  }
  return Tokenizer(Vocabulary(tokens));
}

// The token ids of a text, without [CLS] and [SEP].
inline std::vector<std::int32_t> ids_of(const std::string& text, const Tokenizer& tokenizer) {
  return tokenizer.encode(text, {.add_special_tokens = false}).ids;
}

inline Sequence sequence_of(const std::string& text, const Tokenizer& tokenizer) {
  const Encoding encoding = tokenizer.encode(text);
  return {encoding.ids, encoding.type_ids};
}

}  // namespace mini_bert::test
