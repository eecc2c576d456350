#include "mini_bert/tensor/sequence_offsets.h"

#include "tests/catch.h"

namespace mini_bert {
namespace {

TEST_CASE("sentences lie end to end", "[sequence_offsets]") {
  const std::vector<Index> lengths = {3, 1, 7};
  const SequenceOffsets offsets(lengths);
  CHECK(offsets.count() == 3);
  CHECK(offsets.tokens() == 11);
  CHECK(offsets.longest() == 7);
  CHECK(offsets.begin(0) == 0);
  for (Index b = 0; b < 3; ++b) {
    CHECK(offsets.length(b) == lengths[b]);
    CHECK(offsets.end(b) == offsets.begin(b) + lengths[b]);
    if (b > 0) CHECK(offsets.begin(b) == offsets.end(b - 1));
  }
}

TEST_CASE("a batch may be empty, a sentence may not", "[sequence_offsets]") {
  for (const SequenceOffsets& none : {SequenceOffsets(), SequenceOffsets(std::vector<Index>())}) {
    CHECK(none.count() == 0);
    CHECK(none.tokens() == 0);
    CHECK(none.longest() == 0);
  }
  CHECK_THROWS_WITH(SequenceOffsets(std::vector<Index>{3, 0}), ContainsSubstring("sentence 1 is empty"));
  CHECK_THROWS_AS(SequenceOffsets(std::vector<Index>{-2}), Error);
}

}  // namespace
}  // namespace mini_bert
