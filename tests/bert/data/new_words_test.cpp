#include "mini_bert/bert/data/new_words.h"

#include "tests/catch.h"
#include "tests/files/temporary_folder.h"

using namespace mini_bert;
using test::error_of;
using test::TemporaryFolder;

namespace {

Tokenizer make_tokenizer(bool lower_case = true) {
  const std::vector<std::string> tokens = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "诸",  "葛", "涛",
                                           "亮",    "的",    "a",     "b",     "##b",    "##c", "B",  "cat"};
  return Tokenizer(Vocabulary(tokens), {.do_lower_case = lower_case});
}

GrownVocabulary add(const std::string& lines, const Tokenizer& tokenizer = make_tokenizer()) {
  const TemporaryFolder folder;
  return add_words(tokenizer, folder.put("words.txt", lines));
}

std::vector<std::string> tokens_of(const Tokenizer& tokenizer, const std::string& text) {
  std::vector<std::string> tokens;
  for (const std::int32_t id : tokenizer.encode(text, {.add_special_tokens = false}).ids) {
    tokens.push_back(tokenizer.vocabulary().token(id));
  }
  return tokens;
}

using Tokens = std::vector<std::string>;

}  // namespace

TEST_CASE("add_words: words get the ids after the vocabulary, in the order of the file") {
  const GrownVocabulary grown = add("诸葛涛\nabc\n");
  CHECK(grown.words == Tokens{"诸葛涛", "abc"});
  CHECK(grown.pieces == std::vector<std::vector<std::int32_t>>{{5, 6, 7}, {10, 12, 13}});
  CHECK(grown.tokenizer.vocabulary().size() == 18);
  CHECK(grown.tokenizer.vocabulary().find("诸葛涛") == 16);
  CHECK(grown.tokenizer.vocabulary().find("abc") == 17);
  CHECK_FALSE(grown.tokenizer.is_special(16));
}

TEST_CASE("pieces_of_rowless: tokens without rows are spelled by those that have one, [MASK] too") {
  const std::vector<std::string> tokens = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "诸", "葛", "涛", "a", "##b"};
  Tokenizer tokenizer(Vocabulary(tokens), {.added_tokens = {{.content = "诸葛"},
                                                            {.content = "诸葛涛"},
                                                            {.content = "[MASK]", .special = true},
                                                            {.content = "ab", .normalized = true},
                                                            {.content = "\u200b"}}});
  CHECK(pieces_of_rowless(tokenizer).empty());
  tokenizer.set_rows(10);
  using Pieces = std::vector<std::vector<std::int32_t>>;
  CHECK(pieces_of_rowless(tokenizer) == Pieces{{9, 6}, {1, 1, 1}, {7, 8}, {1}});
}

TEST_CASE("add_words: a Chinese word is found in the midst of others, longest first") {
  const GrownVocabulary grown = add("诸葛\n诸葛涛\n");
  CHECK(tokens_of(grown.tokenizer, "亮诸葛涛的") == Tokens{"亮", "诸葛涛", "的"});
  CHECK(tokens_of(grown.tokenizer, "诸葛亮") == Tokens{"诸葛", "亮"});
  CHECK(tokens_of(grown.tokenizer, "诸 葛涛") == Tokens{"诸", "葛", "涛"});
}

TEST_CASE("add_words: a Chinese word with letters in it is found as it is written, not in the normalized text") {
  const GrownVocabulary grown = add("亮B\n");
  CHECK(tokens_of(grown.tokenizer, "诸亮B葛") == Tokens{"诸", "亮B", "葛"});
  CHECK(tokens_of(grown.tokenizer, "亮b") == Tokens{"亮", "b"});
  CHECK(tokens_of(grown.tokenizer, "亮 B") == Tokens{"亮", "b"});
  const GrownVocabulary both = add("亮B\n亮b\n");  // two words, since neither is found where the other stands
  CHECK(both.words == Tokens{"亮B", "亮b"});
  CHECK(tokens_of(both.tokenizer, "亮b亮B") == Tokens{"亮b", "亮B"});
}

TEST_CASE("add_words: a word in letters is found as a whole word, in any case where the vocabulary has one") {
  const GrownVocabulary lower = add("ABc\n");
  CHECK(tokens_of(lower.tokenizer, "诸abc葛 Abc") == Tokens{"诸", "ABc", "葛", "ABc"});
  CHECK(tokens_of(lower.tokenizer, "abcb") == Tokens{"a", "##b", "##c", "##b"});
  const GrownVocabulary cased = add("ab\n", make_tokenizer(false));
  CHECK(tokens_of(cased.tokenizer, "ab AB") == Tokens{"ab", "[UNK]"});
}

TEST_CASE("add_words: what is there already, twice or empty counts once or not at all") {
  const GrownVocabulary grown = add("\xEF\xBB\xBF亮\r\n\r\n  诸葛 \ncat\n诸葛\nabb\nABB\nB\n");
  CHECK(grown.words == Tokens{"诸葛", "abb"});
  CHECK(grown.known == 3);
  CHECK(add("亮\n").tokenizer.vocabulary().size() == 16);
}

TEST_CASE("add_words: a character that was [UNK] becomes a token") {
  const GrownVocabulary grown = add("龘\n龘犇\n");
  CHECK(grown.words == Tokens{"龘", "龘犇"});
  CHECK(grown.pieces == std::vector<std::vector<std::int32_t>>{{1}, {1, 1}});
  CHECK(tokens_of(grown.tokenizer, "龘亮") == Tokens{"龘", "亮"});
}

TEST_CASE("add_words: words can be added to those that were added before") {
  const GrownVocabulary first = add("诸葛\n");
  const GrownVocabulary second = add("诸葛\n葛亮\n诸葛亮\n", first.tokenizer);
  CHECK(second.words == Tokens{"葛亮", "诸葛亮"});
  CHECK(second.pieces[1] == std::vector<std::int32_t>{16, 8});
  CHECK(second.tokenizer.vocabulary().find("诸葛") == 16);
  CHECK(second.tokenizer.vocabulary().size() == 19);
}

TEST_CASE("add_words: the tokenizer's files give the same tokenizer again") {
  const GrownVocabulary grown = add("诸葛涛\nABc\n");
  const TemporaryFolder folder;
  folder.put("vocab.txt", grown.tokenizer.vocab_text());
  folder.put("tokenizer_config.json", grown.tokenizer.config_text());
  const Tokenizer again = Tokenizer::from_directory(folder.path());
  CHECK(again.vocabulary().tokens() == grown.tokenizer.vocabulary().tokens());
  for (const char* text : {"亮诸葛涛的", "诸abc葛", "abcb"}) {
    CHECK(again.encode(text) == grown.tokenizer.encode(text));
  }
}

TEST_CASE("add_words: errors name file and line") {
  const auto error = [](const std::string& lines) { return error_of([&] { add(lines); }); };
  CHECK_THAT(error("亮\n诸葛 亮\n"), ContainsSubstring("words.txt: line 2: white space after \"诸葛\""));
  CHECK_THAT(error("亮[MASK]\n"), ContainsSubstring("line 1: \"亮[MASK]\" holds the special token [MASK]"));
  CHECK_THAT(error("\xCC\x81\n"), ContainsSubstring("line 1") && ContainsSubstring("nothing once"));
  CHECK_THAT(error(""), ContainsSubstring("words.txt: no words; expected a word a line"));
  CHECK_THAT(error("亮\n\xFF\n"), ContainsSubstring("words.txt"));
}
