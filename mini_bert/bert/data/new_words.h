#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "mini_bert/tokenizer/tokenizer.h"

namespace mini_bert {

// A vocabulary with words of the user's own, each a token as a whole.
struct GrownVocabulary {
  Tokenizer tokenizer;
  std::vector<std::string> words;                 // what was added, in the order of its ids
  std::vector<std::vector<std::int32_t>> pieces;  // of each, what it read as before
  std::size_t known = 0;                          // lines of the file whose word was one token already
};

// Adds the words of a file, UTF-8, a word a line. White space round a word and empty lines count for nothing, a word
// that is there twice counts once, and one that the vocabulary has or reads as one token, [UNK] excepted, stays as it
// is.
//
// A word of letters that are written with spaces between words (all below U+2E80, where the scripts of East Asia begin)
// is found where the normalized text has it as a whole word: "ChatGPT" in "用chatgpt写" when the vocabulary is in lower
// case, but not in "chatgpts". Any other word is found wherever the text has it, before Chinese characters are set
// apart, in the very characters it was given in.
//
// Error, naming file and line: no UTF-8, white space inside a word, a special token inside one, one that is nothing
// once the text is cleaned up. Error when the file has no word.
GrownVocabulary add_words(const Tokenizer& tokenizer, const std::filesystem::path& path);

}  // namespace mini_bert
