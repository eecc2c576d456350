#include "mini_bert/bert/data/batch.h"

#include "tests/bert/bert_testing.h"
#include "tests/catch.h"

using namespace mini_bert;
using Ids = std::vector<std::int32_t>;

TEST_CASE("pack: sentences lie end to end, positions begin at 0 in each") {
  const std::vector<Sequence> sequences = {{{2, 7, 8, 3}, {0, 0, 1, 1}}, {{2, 3}, {0, 0}}, {{2, 9, 3}, {0, 1, 1}}};
  const PackedSequences packed = pack(sequences);
  CHECK(test::ids_of(packed.ids) == Ids{2, 7, 8, 3, 2, 3, 2, 9, 3});
  CHECK(test::ids_of(packed.type_ids) == Ids{0, 0, 1, 1, 0, 0, 0, 1, 1});
  CHECK(test::ids_of(packed.positions) == Ids{0, 1, 2, 3, 0, 1, 0, 1, 2});
  REQUIRE(packed.offsets.count() == 3);
  CHECK(packed.offsets.tokens() == 9);
  CHECK(packed.offsets.longest() == 4);
  for (const auto& [b, begin, end] : {std::tuple{0, 0, 4}, {1, 4, 6}, {2, 6, 9}}) {
    CHECK(packed.offsets.begin(b) == begin);
    CHECK(packed.offsets.end(b) == end);
  }
}

TEST_CASE("pack: one sentence is a batch; none is an empty one") {
  const Sequence sequence = {{2, 3}, {0, 0}};
  CHECK(pack(std::span(&sequence, 1)).offsets.count() == 1);
  const PackedSequences nothing = pack({});
  CHECK(nothing.ids.size() == 0);
  CHECK(nothing.offsets.count() == 0);
}

TEST_CASE("pack: an empty sentence and types of another length are Errors") {
  const std::vector<Sequence> empty = {{{2, 3}, {0, 0}}, {}};
  CHECK_THROWS_AS(pack(empty), Error);
  CHECK_THROWS_WITH(pack(empty), ContainsSubstring("sentence 1 is empty"));
  const Sequence uneven = {{2, 7, 3}, {0, 0}};
  CHECK_THROWS_AS(pack(std::span(&uneven, 1)), Error);
  CHECK_THROWS_WITH(pack(std::span(&uneven, 1)), ContainsSubstring("3 ids but 2 types"));
}
