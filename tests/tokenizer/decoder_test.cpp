#include "mini_bert/tokenizer/decoder.h"

#include <string>
#include <vector>

#include "tests/catch.h"

using namespace mini_bert;

TEST_CASE("join_pieces: gluing and cleaning", "[tokenizer]") {
  struct Case {
    std::vector<std::string_view> pieces;
    std::string raw, clean;
  };
  const std::vector<Case> cases = {
      {{}, "", ""},
      {{"un", "##aff", "##able"}, "unaffable", "unaffable"},
      {{"##able", "un"}, "##able un", "##able un"},  // the first piece keeps its prefix
      {{"hi", ",", "you", "!"}, "hi , you !", "hi, you!"},
      {{"do", "n't"}, "do n't", "don't"},
      {{"he", "'s", "i", "'m", "we", "'ve", "they", "'re"}, "he 's i 'm we 've they 're", "he's i'm we've they're"},
      {{"why", "?", "."}, "why ? .", "why?."},
      // These span pieces, and pieces are cleaned one by one.
      {{"i", "do", "not"}, "i do not", "i do not"},
      {{"don", "'", "t"}, "don ' t", "don ' t"},
      {{"今", "天"}, "今 天", "今 天"},
  };
  for (const Case& c : cases) {
    INFO("expected '" << c.clean << "'");
    CHECK(join_pieces(c.pieces, "##", false) == c.raw);
    CHECK(join_pieces(c.pieces, "##", true) == c.clean);
  }
}
