#include "mini_bert/bert/data/sentence_pairs.h"

#include <algorithm>

#include "mini_bert/files/atomic_file.h"
#include "tests/bert/bert_testing.h"
#include "tests/catch.h"
#include "tests/files/temporary_folder.h"

using namespace mini_bert;
using Ids = std::vector<std::int32_t>;

namespace sentence_pairs_test {

std::vector<Document> read(const std::string& name, const std::string& content) {
  const test::TemporaryFolder folder;
  write_file_atomically(folder / name, content);
  return read_documents(folder / name, "").documents;
}

// Document d has sentences of the letters of its half of the alphabet: a … h, i … p.
PairSet two_documents(Index max_length) {
  return make_pair_set({{"a b c", "d e", "f", "g h"}, {"i j k", "l m", "n o p"}}, test::tiny_tokenizer(), max_length);
}

bool is_of_first(std::int32_t id) {
  return test::first_letter <= id && id < test::first_letter + 8;
}

TEST_CASE("documents: a sentence a line and an empty line between them; or a document a record", "[pairs]") {
  const std::vector<Document> expected = {{"一。", "二。"}, {"三。"}};
  CHECK(read("a.txt", "\n一。\n二。\r\n\n \n三。\n") == expected);
  CHECK(read("a.json", R"(["一。二。", "三。"])") == expected);
  CHECK(read("a.txt", "一。\n二。\n").size() == 1);  // several files may hold one document each
  CHECK_THROWS_WITH(read("a.txt", "\n \n"), ContainsSubstring("a.txt: ") && ContainsSubstring("no text"));
}

TEST_CASE("documents: a line that is not UTF-8 is counted", "[pairs]") {
  const test::TemporaryFolder folder;
  std::string lines;
  for (int i = 0; i < 100; ++i) lines += i == 5 ? "\xff。\n" : "一。\n";
  const DocumentFile file = read_documents(folder.put("a.txt", lines), "");
  CHECK(file.documents.at(0).size() == 99);
  CHECK(file.dropped.bad() == 1);
  CHECK_THROWS_WITH(read_documents(folder.put("a.txt", "\xff。\n" + lines), ""),
                    ContainsSubstring("a.txt: line 1: byte 0xff is not UTF-8"));
}

TEST_CASE("split_sentences: at the marks that end one, with what closes it", "[pairs]") {
  CHECK(split_sentences("他说：“好。”走了！真的？？是…… 嗯") ==
        Document{"他说：“好。”", "走了！", "真的？？", "是……", " 嗯"});
  CHECK(split_sentences("It costs 3.14 dollars. Yes! \"No.\" End") ==
        Document{"It costs 3.14 dollars.", " Yes!", " \"No.\"", " End"});
  CHECK(split_sentences("一\n二") == Document{"一\n", "二"});
  CHECK(split_sentences("  ").empty());
}

TEST_CASE("pair set: neighbouring sentences share a chunk as far as they fit", "[pairs]") {
  const PairSet set = two_documents(9);  // room for 6 letters
  REQUIRE(set.chunks.size() == 4);
  CHECK(set.chunks[0].sentences.size() == 3);
  CHECK(set.chunks[1].sentences.size() == 1);
  CHECK(set.chunks[2].document == 1);
  CHECK(set.data.texts == 2);
  CHECK(set.data.sequences[1].ids == Ids{2, 11, 12, 3});
}

TEST_CASE("pairs: half of them follow each other, the others are of two documents", "[pairs]") {
  const Tokenizer tokenizer = test::tiny_tokenizer();
  const PairSet set = two_documents(14);  // one chunk a document
  REQUIRE(set.chunks.size() == 2);
  Index random = 0;
  for (std::uint32_t epoch = 0; epoch < 400; ++epoch) {
    const SentencePair pair = draw_pair(set, 0, tokenizer, 14, {.seed = 5, .step = epoch});
    const Ids& ids = pair.sequence.ids;
    REQUIRE(ids.size() == pair.sequence.type_ids.size());
    REQUIRE(ids.size() <= 14);
    CHECK(ids.front() == 2);
    CHECK(ids.back() == 3);
    CHECK(std::ranges::count(ids, 3) == 2);
    bool b_is_of_first = true;
    for (std::size_t i = 1; i + 1 < ids.size(); ++i) {
      if (ids[i] == 3) continue;
      if (pair.sequence.type_ids[i] == 0) CHECK(is_of_first(ids[i]));
      if (pair.sequence.type_ids[i] == 1) b_is_of_first = b_is_of_first && is_of_first(ids[i]);
    }
    CHECK(b_is_of_first == !pair.is_random);
    random += pair.is_random;
  }
  CHECK(random > 150);
  CHECK(random < 250);
}

TEST_CASE("pairs: one sentence alone gets a random neighbour; a pure function of the key", "[pairs]") {
  const Tokenizer tokenizer = test::tiny_tokenizer();
  const PairSet set = two_documents(9);
  for (std::uint32_t epoch = 0; epoch < 20; ++epoch) {
    const RandomKey key{.seed = 5, .step = epoch};
    CHECK(draw_pair(set, 1, tokenizer, 9, key).is_random);
    CHECK(draw_pair(set, 0, tokenizer, 9, key).sequence.ids == draw_pair(set, 0, tokenizer, 9, key).sequence.ids);
  }
}

TEST_CASE("longest_pairs: no key makes a longer pair, and some make one as long", "[pairs]") {
  const Tokenizer tokenizer = test::tiny_tokenizer();
  for (const Index max_length : {9, 12, 14, 30}) {
    const PairSet set = two_documents(max_length);
    const std::vector<Index> longest = longest_pairs(set, max_length);
    REQUIRE(longest.size() == set.chunks.size());
    for (Index i = 0; i < std::ssize(set.chunks); ++i) {
      Index found = 0;
      for (std::uint32_t epoch = 0; epoch < 100; ++epoch) {
        const SentencePair pair = draw_pair(set, i, tokenizer, max_length, {.seed = 5, .step = epoch});
        found = std::max<Index>(found, std::ssize(pair.sequence.ids));
      }
      INFO("chunk " << i << " of at most " << max_length);
      CHECK(found <= longest[static_cast<std::size_t>(i)]);
      // The longest chunk is counted as everybody's neighbour, also where it is of the same document.
      if (max_length != 9) CHECK(found == longest[static_cast<std::size_t>(i)]);
    }
  }
}

}  // namespace sentence_pairs_test
