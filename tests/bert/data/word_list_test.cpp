#include "mini_bert/bert/data/word_list.h"

#include "tests/bert/data/chinese_testing.h"
#include "tests/catch.h"
#include "tests/files/temporary_folder.h"

using namespace mini_bert;
using namespace mini_bert::test;
using WordLengths = std::vector<std::size_t>;

TEST_CASE("word list: finds every word that a text begins with, the longest last") {
  const Tokenizer tokenizer = chinese_tokenizer();
  const WordList words = make_word_list(std::vector<std::string>{"天地", "天", "天地日月", "地日"}, tokenizer).words;
  const auto lengths_at = [&](const std::string& text) { return words.lengths_at(ids_of(text, tokenizer)); };
  CHECK(words.size() == 4);
  CHECK(lengths_at("天地日月") == WordLengths{1, 2, 4});
  CHECK(lengths_at("天地日") == WordLengths{1, 2});
  CHECK(lengths_at("地日月") == WordLengths{2});
  CHECK(lengths_at("日") == WordLengths{});
  CHECK(lengths_at("") == WordLengths{});
}

TEST_CASE("word list: the order and the number of times of adding do not matter, the words do") {
  const Tokenizer tokenizer = chinese_tokenizer();
  const auto list = [&](const std::vector<std::string>& words) { return make_word_list(words, tokenizer).words; };
  const WordList words = list({"天地", "天地日", "山水"});
  CHECK(list({"山水", "天地日", "天地", "山水"}).fingerprint() == words.fingerprint());
  CHECK(list({"山水", "天地日", "天地", "山水"}).size() == 3);
  for (const std::vector<std::string>& other : std::vector<std::vector<std::string>>{
           {"天地", "天地日"}, {"天地", "天地日", "山风"}, {"天地日", "山水"}, {"天地日山水"}, {}}) {
    CHECK(list(other).fingerprint() != words.fingerprint());
  }
  CHECK_THROWS_AS(WordList().add({}), Error);
}

TEST_CASE("word list: read from a file, with what dictionaries say about words passed over") {
  const TemporaryFolder folder;
  const Tokenizer tokenizer = chinese_tokenizer();
  const ReadWords read = read_word_list(
      folder.put("words.txt", "\xef\xbb\xbf天地 120 n\r\n\n山水\t7\n \n风云\n龘龘\nab c\nab 7\n[MASK]\n"), tokenizer);
  const auto has = [&](const std::string& word) {
    const std::vector<std::int32_t> ids = ids_of(word, tokenizer);
    const WordLengths lengths = read.words.lengths_at(ids);
    return !lengths.empty() && lengths.back() == ids.size();
  };
  CHECK(read.words.size() == 5);
  for (const char* word : {"天地", "山水", "风云", "ab c", "ab"}) {
    INFO(word);
    CHECK(has(word));
  }
  CHECK(read.unusable == std::vector<std::string>{"龘龘", "[MASK]"});
}

TEST_CASE("word list: a file without a usable word is refused") {
  const TemporaryFolder folder;
  const Tokenizer tokenizer = chinese_tokenizer();
  const auto message = [&](const char* text) {
    return error_of([&] { read_word_list(folder.put("w.txt", text), tokenizer); });
  };
  CHECK_THAT(message(""), ContainsSubstring("w.txt: no word in it; write one a line"));
  CHECK_THAT(message(" \n\n"), ContainsSubstring("no word in it"));
  CHECK_THAT(message("龘\n犇\n"), ContainsSubstring("none of its 2 words can be used, the first is \"龘\""));
  CHECK_THAT(message("\xff"), ContainsSubstring("not UTF-8"));
  CHECK_THAT(error_of([&] { read_word_list(folder / "no.txt", tokenizer); }), ContainsSubstring("no.txt: "));
}
