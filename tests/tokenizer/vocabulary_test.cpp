#include "mini_bert/tokenizer/vocabulary.h"

#include <string>

#include "mini_bert/base/error.h"
#include "tests/catch.h"

using namespace mini_bert;

TEST_CASE("vocabulary: lines end at a line feed and nowhere else", "[tokenizer]") {
  // Next line, line separator, paragraph separator, form feed and vertical tab are tokens like any other.
  const Vocabulary vocabulary = Vocabulary::parse("[PAD]\n\u2028\n\u0085\n\u2029\n\f\n\v\n哦\r\n我\n");
  REQUIRE(vocabulary.size() == 8);
  CHECK(vocabulary.find("\u2028") == 1);
  CHECK(vocabulary.find("哦") == 6);
  CHECK(vocabulary.find("我") == 7);
  CHECK_FALSE(vocabulary.find("你"));
}

TEST_CASE("vocabulary: the last line may lack its line feed, empty lines count", "[tokenizer]") {
  const Vocabulary vocabulary = Vocabulary::parse("a\n\nb");
  CHECK(vocabulary.size() == 3);
  CHECK(vocabulary.find("b") == 2);
  CHECK(vocabulary.text() == "a\n\nb\n");
}

TEST_CASE("vocabulary: white space at the end of a line is dropped, and a byte order mark", "[tokenizer]") {
  const std::string text =
      "\xEF\xBB\xBF"
      "a \nb\t\r\n中\u3000\nc\u00A0\u2028\n d\ne\u200B\n";
  CHECK(Vocabulary::parse(text).tokens() == std::vector<std::string>{"a", "b", "中", "c", " d", "e\u200B"});
  // A line of white space alone keeps its text: nothing finds it, and it is written as it was.
  CHECK(Vocabulary::parse("a\n\u2028\n \n").tokens() == std::vector<std::string>{"a", "\u2028", " "});
  CHECK(Vocabulary::parse("a\nb\na \n").find("a") == 2);
}

TEST_CASE("vocabulary: of equal lines the last one is found", "[tokenizer]") {
  const Vocabulary vocabulary = Vocabulary::parse("a\nb\na\n");
  CHECK(vocabulary.find("a") == 2);
  CHECK(vocabulary.token(0) == "a");
}

TEST_CASE("vocabulary: add gives new tokens the next id", "[tokenizer]") {
  Vocabulary vocabulary({"a", "b"});
  CHECK(vocabulary.add("c") == 2);
  CHECK(vocabulary.add("a") == 0);
  CHECK(vocabulary.size() == 3);
}

TEST_CASE("vocabulary: every token is found, however many are added", "[tokenizer]") {
  Vocabulary vocabulary({"t0", "t1"});
  for (int i = 2; i < 5000; ++i) REQUIRE(vocabulary.add("t" + std::to_string(i)) == i);
  const Vocabulary at_once(vocabulary.tokens());
  for (int i = 0; i < 5000; ++i) {
    REQUIRE(vocabulary.find("t" + std::to_string(i)) == i);
    REQUIRE(at_once.find("t" + std::to_string(i)) == i);
  }
  CHECK_FALSE(vocabulary.find("t5000"));
  CHECK_FALSE(Vocabulary().find(""));
}

TEST_CASE("vocabulary: errors say what and where", "[tokenizer]") {
  CHECK_THROWS_WITH(Vocabulary::read("/nonexistent/vocab.txt"), ContainsSubstring("/nonexistent/vocab.txt"));
  CHECK_THROWS_WITH(Vocabulary::parse("", "empty.txt"), ContainsSubstring("empty.txt: is empty"));
  CHECK_THROWS_WITH(Vocabulary::parse("a\nb\xFF\n", "v.txt"), ContainsSubstring("v.txt: line 2 is not UTF-8"));
  CHECK_THROWS_WITH(Vocabulary({"a", "b"}).token(2), ContainsSubstring("token id 2") && ContainsSubstring("0..1"));
  CHECK_THROWS_AS(Vocabulary({"a"}).token(-1), Error);
  CHECK_THROWS_AS(Vocabulary({"a\nb"}).text(), Error);
}
