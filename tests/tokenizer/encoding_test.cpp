#include "mini_bert/tokenizer/encoding.h"

#include <string>
#include <vector>

#include "mini_bert/base/error.h"
#include "tests/catch.h"

using namespace mini_bert;

namespace {

// Tokens with ids first, first + 1, ...
Encoding numbers(int32_t first, int32_t count) {
  Encoding encoding;
  for (int32_t i = 0; i < count; ++i) encoding.push_back(first + i, 0, {}, i, false);
  return encoding;
}

using Ids = std::vector<int32_t>;
using Windows = std::vector<Ids>;

Windows all_windows(const Encoding& encoding) {
  Windows windows = {encoding.ids};
  for (const Encoding& window : encoding.overflow) windows.push_back(window.ids);
  return windows;
}

}  // namespace

TEST_CASE("truncate: windows of one text", "[tokenizer]") {
  struct Case {
    int32_t size, max_length, stride;
    Side side;
    Windows expected;
  };
  const std::vector<Case> cases = {
      {3, 3, 0, Side::right, {{0, 1, 2}}},
      {3, 9, 0, Side::right, {{0, 1, 2}}},
      {5, 2, 0, Side::right, {{0, 1}, {2, 3}, {4}}},
      {5, 3, 1, Side::right, {{0, 1, 2}, {2, 3, 4}}},
      {6, 3, 1, Side::right, {{0, 1, 2}, {2, 3, 4}, {4, 5}}},
      {5, 3, 2, Side::right, {{0, 1, 2}, {1, 2, 3}, {2, 3, 4}}},
      {5, 2, 0, Side::left, {{3, 4}, {1, 2}, {0}}},
      {5, 3, 1, Side::left, {{2, 3, 4}, {0, 1, 2}}},
      {6, 3, 1, Side::left, {{3, 4, 5}, {1, 2, 3}, {0, 1}}},
      {2, 0, 0, Side::right, {{}, {0, 1}}},
  };
  for (const Case& c : cases) {
    INFO("size " << c.size << ", max_length " << c.max_length << ", stride " << c.stride);
    Encoding encoding = numbers(0, c.size);
    truncate(encoding, c.max_length, c.stride, c.side);
    CHECK((all_windows(encoding) == c.expected));
  }
}

TEST_CASE("truncate: a stride that cannot advance", "[tokenizer]") {
  Encoding encoding = numbers(0, 9);
  CHECK_THROWS_WITH(truncate(encoding, 3, 3, Side::right), ContainsSubstring("stride 3") && ContainsSubstring("0..2"));
  encoding = numbers(0, 9);
  CHECK_THROWS_AS(truncate(encoding, 3, -1, Side::right), Error);
}

TEST_CASE("truncate: which text of a pair gives way", "[tokenizer]") {
  struct Case {
    int32_t first, second, max_length;
    Truncation truncation;
    int32_t first_left, second_left;
  };
  const std::vector<Case> cases = {
      {6, 6, 12, Truncation::longest_first, 6, 6}, {6, 6, 4, Truncation::longest_first, 2, 2},
      {6, 6, 5, Truncation::longest_first, 2, 3},  {7, 6, 5, Truncation::longest_first, 3, 2},
      {9, 1, 4, Truncation::longest_first, 3, 1},  {1, 9, 4, Truncation::longest_first, 1, 3},
      {9, 5, 4, Truncation::longest_first, 2, 2},  {5, 9, 4, Truncation::longest_first, 2, 2},
      {9, 2, 8, Truncation::only_first, 6, 2},     {2, 9, 8, Truncation::only_second, 2, 6},
      {9, 9, 4, Truncation::none, 9, 9},           {3, 3, 0, Truncation::longest_first, 0, 0},
  };
  for (const Case& c : cases) {
    INFO(c.first << " and " << c.second << " to " << c.max_length);
    Encoding first = numbers(0, c.first);
    Encoding second = numbers(100, c.second);
    truncate(first, &second, {.truncation = c.truncation, .max_length = c.max_length + 3}, 3);
    CHECK(first.size() == c.first_left);
    CHECK(second.size() == c.second_left);
  }
}

TEST_CASE("truncate: what cannot be shortened enough is an error", "[tokenizer]") {
  const auto cut = [](int32_t first_size, int32_t second_size, Truncation truncation, int32_t max_length) {
    Encoding first = numbers(0, first_size);
    Encoding second = numbers(0, second_size);
    truncate(first, second_size > 0 ? &second : nullptr, {.truncation = truncation, .max_length = max_length}, 2);
  };
  CHECK_THROWS_WITH(cut(3, 9, Truncation::only_first, 8), ContainsSubstring("only_first cannot reach max_length 8"));
  CHECK_THROWS_WITH(cut(9, 3, Truncation::only_second, 8), ContainsSubstring("only_second cannot reach"));
  CHECK_THROWS_WITH(cut(9, 0, Truncation::only_second, 8), ContainsSubstring("needs a pair"));
  CHECK_THROWS_WITH(cut(9, 0, Truncation::longest_first, 1), ContainsSubstring("no room for the 2 special tokens"));
}

TEST_CASE("code_point_offsets: each text of a pair is counted on its own", "[tokenizer]") {
  Encoding encoding;
  encoding.push_back(1, 0, {0, 3}, 0, false);
  encoding.push_back(2, 1, {2, 5}, 0, false);
  encoding.push_back(3, 0, {3, 4}, 1, false);
  const std::vector<TextRange> expected = {{0, 1}, {1, 2}, {1, 2}};
  CHECK((code_point_offsets(encoding, "我a", "é我") == expected));
}
