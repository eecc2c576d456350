#include "mini_bert/tensor/kernels/elementwise.h"

#include <atomic>
#include <vector>

#include "tests/catch.h"

namespace mini_bert::kernels {
namespace {

bool each_once(const std::vector<std::atomic<int>>& visits) {
  return std::ranges::all_of(visits, [](const auto& count) { return count == 1; });
}

TEST_CASE("for_each_chunk covers every element once", "[elementwise]") {
  for (const Index n : {0, 1, 7, 4095, 4096, 4097, 20'001}) {
    std::vector<std::atomic<int>> visits(static_cast<std::size_t>(n));
    for_each_chunk(n, [&](Index begin, Index end) {
      for (Index i = begin; i < end; ++i) ++visits.at(static_cast<std::size_t>(i));
    });
    CAPTURE(n);
    CHECK(each_once(visits));
  }
}

TEST_CASE("for_each_row covers every row once, be rows long, short or empty", "[elementwise]") {
  for (const Index rows : {0, 1, 7, 5000}) {
    for (const Index cols : {0, 1, 33, 100'000}) {
      std::vector<std::atomic<int>> visits(static_cast<std::size_t>(rows));
      for_each_row(rows, cols, [&](Index r) { ++visits.at(static_cast<std::size_t>(r)); });
      CAPTURE(rows, cols);
      CHECK(each_once(visits));
    }
  }
}

TEST_CASE("for_each_column_block covers every column once", "[elementwise]") {
  for (const Index cols : {0, 1, 7, 63, 64, 65, 768, 1001}) {
    std::vector<std::atomic<int>> visits(static_cast<std::size_t>(cols));
    for_each_column_block(cols, [&](Index first, Index width) {
      for (Index c = first; c < first + width; ++c) ++visits.at(static_cast<std::size_t>(c));
    });
    CAPTURE(cols);
    CHECK(each_once(visits));
  }
}

}  // namespace
}  // namespace mini_bert::kernels
