#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "mini_bert/tokenizer/tokenizer.h"

namespace mini_bert {

// A tokenizer with additional words of the user, each of which is one token.
struct GrownVocabulary {
  Tokenizer tokenizer;
  std::vector<std::string> words;                 // the added words, in the order of their ids
  std::vector<std::vector<std::int32_t>> pieces;  // the token ids of each word before it was added
  std::size_t known = 0;                          // lines of the file whose word was one token already
};

// Adds the words of a UTF-8 file with one word per line. White space around a word and empty lines are ignored. A word
// that occurs twice counts once. A word is not added if the vocabulary has it, or if it already reads as one token
// other than [UNK].
//
// A word is matched in one of two ways. If all its characters are below U+2E80, where the scripts of East Asia begin,
// it belongs to a script with spaces between words. It is then found where the normalized text has it as a whole word:
// "ChatGPT" is found in "用chatgpt写" if the vocabulary is lower-case, but not in "chatgpts". Any other word is found
// anywhere in the text, with exactly the given characters, before spaces are put around Chinese characters.
//
// Throws Error, naming file and line, when the file is not UTF-8, when white space or a special token is inside a word,
// and when nothing is left of a word after the clean-up of the text. Throws Error when the file has no word.
GrownVocabulary add_words(const Tokenizer& tokenizer, const std::filesystem::path& path);

// How each token without a row in a model (Tokenizer::set_rows) is spelled by the tokens that have one: token ids,
// never none.
std::vector<std::vector<std::int32_t>> pieces_of_rowless(const Tokenizer& tokenizer);

}  // namespace mini_bert
