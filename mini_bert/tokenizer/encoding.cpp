#include "mini_bert/tokenizer/encoding.h"

#include <fmt/core.h>

#include <algorithm>

#include "mini_bert/base/error.h"

namespace mini_bert {
namespace {

template <typename T>
void append_range(std::vector<T>& to, const std::vector<T>& from, TextRange range) {
  to.insert(to.end(), from.begin() + range.begin, from.begin() + range.end);
}

Encoding slice(const Encoding& encoding, TextRange tokens) {
  Encoding part;
  append_range(part.ids, encoding.ids, tokens);
  append_range(part.type_ids, encoding.type_ids, tokens);
  append_range(part.offsets, encoding.offsets, tokens);
  append_range(part.word_ids, encoding.word_ids, tokens);
  append_range(part.special, encoding.special, tokens);
  return part;
}

// The windows of max_length tokens that cover `size` tokens from one side to the other.
std::vector<TextRange> windows(uint32_t size, uint32_t max_length, uint32_t stride, Side side) {
  std::vector<TextRange> result;
  for (uint32_t taken = 0;; taken += max_length - stride) {
    const uint32_t until = std::min(taken + max_length, size);
    result.push_back(side == Side::right ? TextRange{taken, until} : TextRange{size - until, size - taken});
    if (until == size) return result;
  }
}

// The lengths to which longest_first cuts two texts. The shorter text stays whole if possible. When both must be cut,
// they become equally long, and an odd token goes to the longer one.
std::pair<int32_t, int32_t> longest_first_lengths(int32_t first, int32_t second, int32_t max_length) {
  auto [shorter, longer] = std::minmax({first, second});
  longer = shorter > max_length ? shorter : std::max(shorter, max_length - shorter);
  int32_t short_length = shorter;
  if (short_length + longer > max_length) {
    short_length = max_length / 2;
    longer = short_length + max_length % 2;
  }
  return first > second ? std::pair{longer, short_length} : std::pair{short_length, longer};
}

}  // namespace

void Encoding::reserve(size_t tokens) {
  ids.reserve(tokens);
  type_ids.reserve(tokens);
  offsets.reserve(tokens);
  word_ids.reserve(tokens);
  special.reserve(tokens);
}

void Encoding::push_back(int32_t id, int32_t type_id, TextRange offset, int32_t word_id, bool is_special) {
  ids.push_back(id);
  type_ids.push_back(type_id);
  offsets.push_back(offset);
  word_ids.push_back(word_id);
  special.push_back(is_special);
}

void Encoding::push_front(int32_t id, int32_t type_id, TextRange offset, int32_t word_id, bool is_special) {
  ids.insert(ids.begin(), id);
  type_ids.insert(type_ids.begin(), type_id);
  offsets.insert(offsets.begin(), offset);
  word_ids.insert(word_ids.begin(), word_id);
  special.insert(special.begin(), is_special);
}

void Encoding::append(const Encoding& other, int32_t type_id) {
  const TextRange all{0, static_cast<uint32_t>(other.ids.size())};
  append_range(ids, other.ids, all);
  type_ids.resize(ids.size(), type_id);
  append_range(offsets, other.offsets, all);
  append_range(word_ids, other.word_ids, all);
  append_range(special, other.special, all);
}

std::vector<TextRange> code_point_offsets(const Encoding& encoding, std::string_view first, std::string_view second) {
  // The first text's offsets are right for tokens of type 0. Those of type 1 are clipped here and replaced below.
  std::vector<TextRange> of_first;
  std::vector<TextRange> of_second;
  for (size_t i = 0; i < encoding.offsets.size(); ++i) {
    (encoding.type_ids[i] == 0 ? of_first : of_second).push_back(encoding.offsets[i]);
  }
  of_first = to_code_points(first, of_first);
  of_second = to_code_points(second, of_second);
  std::vector<TextRange> result;
  result.reserve(encoding.offsets.size());
  auto next_of_first = of_first.begin();
  auto next_of_second = of_second.begin();
  for (const int32_t type : encoding.type_ids) result.push_back(type == 0 ? *next_of_first++ : *next_of_second++);
  return result;
}

void truncate(Encoding& encoding, int32_t max_length, int32_t stride, Side side) {
  const auto size = static_cast<uint32_t>(encoding.size());
  if (max_length >= encoding.size()) return;
  if (max_length <= 0) {
    Encoding all = std::move(encoding);
    encoding = {};
    encoding.overflow.push_back(std::move(all));
    return;
  }
  if (stride < 0 || stride >= max_length) {
    fail(
        "stride {} does not fit: expected 0..{}, less than the {} tokens that max_length "
        "leaves for the text",
        stride, max_length - 1, max_length);
  }
  const Encoding whole = std::move(encoding);
  const auto parts = windows(size, static_cast<uint32_t>(max_length), static_cast<uint32_t>(stride), side);
  encoding = slice(whole, parts.front());
  for (size_t i = 1; i < parts.size(); ++i) encoding.overflow.push_back(slice(whole, parts[i]));
}

void truncate(Encoding& first, Encoding* second, const EncodeOptions& options, int32_t reserved) {
  if (options.truncation == Truncation::none) return;
  const int32_t max_length = options.max_length - reserved;
  if (max_length < 0) {
    fail("max_length {} leaves no room for the {} special tokens; make it larger", options.max_length, reserved);
  }
  const auto cut = [&](Encoding& text, int32_t length) {
    truncate(text, length, options.stride, options.truncation_side.value_or(Side::right));
  };
  const int32_t total = first.size() + (second ? second->size() : 0);
  const int32_t excess = total - max_length;
  if (excess <= 0) return;
  if (max_length == 0) {
    cut(first, 0);
    if (second) cut(*second, 0);
    return;
  }
  if (options.truncation == Truncation::longest_first) {
    if (!second) return cut(first, max_length);
    const auto [first_length, second_length] = longest_first_lengths(first.size(), second->size(), max_length);
    cut(first, first_length);
    cut(*second, second_length);
    return;
  }
  const bool takes_first = options.truncation == Truncation::only_first;
  if (!takes_first && !second) {
    fail("truncation only_second needs a pair of texts; use only_first or longest_first");
  }
  Encoding& target = takes_first ? first : *second;
  if (target.size() <= excess) {
    fail(
        "truncation {} cannot reach max_length {}: {} tokens must go, that text has {}; "
        "use longest_first or a larger max_length",
        takes_first ? "only_first" : "only_second", options.max_length, excess, target.size());
  }
  cut(target, target.size() - excess);
}

}  // namespace mini_bert
