#include "mini_bert/tokenizer/word_piece.h"

#include <random>
#include <string>
#include <unordered_map>
#include <vector>

#include "tests/catch.h"

using namespace mini_bert;

namespace {

// The definition: try every end from the longest on, look the piece up.
std::vector<int32_t> by_definition(const Vocabulary& vocabulary, int32_t unk, const std::string& word) {
  std::vector<int32_t> ids;
  for (size_t begin = 0; begin < word.size();) {
    size_t end = word.size();
    std::optional<int32_t> id;
    for (; end > begin && !id; --end) {
      id = vocabulary.find((begin > 0 ? "##" : "") + word.substr(begin, end - begin));
      if (id) break;
    }
    if (!id) return {unk};
    ids.push_back(*id);
    begin = end;
  }
  return ids;
}

std::vector<int32_t> ids_of(const WordPiece& pieces_of, const std::string& word) {
  std::vector<Piece> pieces;
  pieces_of.split(word, pieces);
  std::vector<int32_t> ids;
  for (const Piece& piece : pieces) ids.push_back(piece.id);
  return ids;
}

using Ids = std::vector<int32_t>;

}  // namespace

TEST_CASE("word_piece: greedy longest match first", "[tokenizer]") {
  const Vocabulary vocabulary({"[UNK]", "un", "##aff", "##able", "##a", "u", "##n", "哦", "##ff", "a", "##"});
  const WordPiece pieces_of(vocabulary, 0, "##", 100);
  CHECK((ids_of(pieces_of, "unaffable") == Ids{1, 2, 3}));
  CHECK((ids_of(pieces_of, "un") == Ids{1}));
  CHECK((ids_of(pieces_of, "unaf") == Ids{0}));  // gets stuck at "f": the whole word is unknown
  CHECK((ids_of(pieces_of, "哦") == Ids{7}));
  CHECK((ids_of(pieces_of, "我") == Ids{0}));
  CHECK((ids_of(pieces_of, "aa") == Ids{9, 4}));
  CHECK((ids_of(pieces_of, "##a") == Ids{4}));  // where nobody splits punctuation off, this is a word
}

TEST_CASE("word_piece: pieces cover the word, an unknown word is covered whole", "[tokenizer]") {
  const Vocabulary vocabulary({"[UNK]", "un", "##aff"});
  const WordPiece pieces_of(vocabulary, 0, "##", 100);
  std::vector<Piece> pieces;
  pieces_of.split("unaff", pieces);
  pieces_of.split("unx", pieces);
  REQUIRE(pieces.size() == 3);
  CHECK((pieces[0].range == TextRange{0, 2}));
  CHECK((pieces[1].range == TextRange{2, 5}));
  CHECK((pieces[2].range == TextRange{0, 3}));
}

TEST_CASE("word_piece: the limit counts characters, not bytes", "[tokenizer]") {
  const Vocabulary vocabulary({"[UNK]", "é", "##é"});
  const WordPiece pieces_of(vocabulary, 0, "##", 100);
  std::string word;
  for (int i = 0; i < 100; ++i) word += "é";
  CHECK(ids_of(pieces_of, word).size() == 100);
  CHECK((ids_of(pieces_of, word + "é") == Ids{0}));
}

TEST_CASE("word_piece: agrees with the definition on random vocabularies", "[tokenizer]") {
  std::mt19937 random(7);
  const auto word = [&](size_t longest) {
    std::string text;
    for (size_t i = 1 + random() % longest; i > 0; --i) text += static_cast<char>('a' + random() % 3);
    return text;
  };
  for (int round = 0; round < 200; ++round) {
    std::vector<std::string> tokens = {"[UNK]"};
    for (int i = 0; i < 30; ++i) tokens.push_back((random() % 2 ? "##" : "") + word(4));
    const Vocabulary vocabulary(tokens);
    const WordPiece pieces_of(vocabulary, 0, "##", 100);
    for (int i = 0; i < 50; ++i) {
      const std::string text = word(12);
      INFO("word " << text);
      REQUIRE((ids_of(pieces_of, text) == by_definition(vocabulary, 0, text)));
    }
  }
}
