#include "mini_bert/tokenizer/prefix_trie.h"

#include <random>
#include <string>
#include <vector>

#include "tests/catch.h"

using namespace mini_bert;

TEST_CASE("prefix_trie: the longest string wins, a later value replaces an earlier one", "[tokenizer]") {
  PrefixTrie trie;
  CHECK(trie.empty());
  CHECK(trie.longest_prefix("a").value == -1);
  trie.add("ab", 1);
  trie.add("abcd", 2);
  trie.add("b", 3);
  CHECK(trie.longest_prefix("abcdx").value == 2);
  CHECK(trie.longest_prefix("abcx").value == 1);
  CHECK(trie.longest_prefix("abcx").length == 2);
  CHECK(trie.longest_prefix("a").value == -1);
  CHECK(trie.longest_prefix("").value == -1);
  trie.add("ab", 9);
  CHECK(trie.longest_prefix("ab").value == 9);
  CHECK_FALSE(trie.empty());
}

TEST_CASE("prefix_trie: agrees with comparing every string", "[tokenizer]") {
  std::mt19937 random(1);
  std::vector<std::string> strings;
  PrefixTrie trie;
  for (int i = 0; i < 2000; ++i) {
    std::string string;
    for (size_t k = 1 + random() % 6; k > 0; --k) string += static_cast<char>(250 + random() % 6);
    trie.add(string, i);
    strings.push_back(string);
  }
  for (int round = 0; round < 2000; ++round) {
    std::string text;
    for (size_t k = random() % 9; k > 0; --k) text += static_cast<char>(250 + random() % 6);
    int32_t expected = -1;
    size_t length = 0;
    for (size_t i = 0; i < strings.size(); ++i) {
      if (!text.starts_with(strings[i]) || strings[i].size() < length) continue;
      expected = static_cast<int32_t>(i);
      length = strings[i].size();
    }
    REQUIRE(trie.longest_prefix(text).value == expected);
    REQUIRE(trie.longest_prefix(text).length == length);
  }
}
