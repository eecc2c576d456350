#include "mini_bert/bert/data/batches.h"

#include <algorithm>
#include <numeric>

#include "tests/bert/bert_testing.h"
#include "tests/catch.h"

using namespace mini_bert;
using Numbers = std::vector<Index>;

namespace {

Numbers cut(const Numbers& lengths, Index most_tokens) {
  return cut_by_tokens(lengths, most_tokens);
}

}  // namespace

TEST_CASE("cut_by_tokens: as many as fit, in order", "[batches]") {
  CHECK(cut({}, 10) == Numbers{0});
  CHECK(cut({4}, 10) == Numbers{0, 1});
  CHECK(cut({4, 6, 1}, 10) == Numbers{0, 2, 3});  // exactly full
  CHECK(cut({4, 7, 1}, 10) == Numbers{0, 1, 3});
  CHECK(cut({10, 10, 10}, 10) == Numbers{0, 1, 2, 3});
  CHECK(cut({3, 3, 3, 3, 3}, 100) == Numbers{0, 5});
}

TEST_CASE("cut_by_tokens: what is too long is a batch of its own", "[batches]") {
  CHECK(cut({11}, 10) == Numbers{0, 1});
  CHECK(cut({11, 2, 3, 12, 4}, 10) == Numbers{0, 1, 3, 4, 5});
}

TEST_CASE("batches_by_length: the longest first, equal ones as they came", "[batches]") {
  std::vector<Sequence> sequences;
  for (const Index length : {3, 5, 3, 9, 5}) sequences.push_back(test::random_sequence(length, 1));
  CHECK(batches_by_length(sequences, 10) == std::vector<Numbers>{{3}, {1, 4}, {0, 2}});
  CHECK(batches_by_length(sequences, 8) == std::vector<Numbers>{{3}, {1}, {4, 0}, {2}});
  CHECK(batches_by_length(sequences) == std::vector<Numbers>{{3, 1, 4, 0, 2}});
  CHECK(batches_by_length({}).empty());
}
