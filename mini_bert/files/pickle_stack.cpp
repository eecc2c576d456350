#include "mini_bert/files/pickle_stack.h"

#include <algorithm>

#include "mini_bert/base/file_error.h"

namespace mini_bert {
namespace {

using Kind = PickleValue::Kind;

constexpr std::size_t most_values = 1 << 16;  // a BERT of 24 layers has about 7000
constexpr std::size_t most_links = 4 * most_values;

}  // namespace

void PickleStack::wrong(std::string_view what) const {
  fail(
      "{}: byte {}: {}; the file is damaged, or holds more than tensors; write it again with "
      "torch.save(model.state_dict(), …)",
      where_, begin_, what);
}

void PickleStack::mark() {
  marks_.push_back(stack_.size());
  limit(marks_.size());
}

void PickleStack::push(PickleValue value) {
  limit(values_.size());
  limit(stack_.size());
  stack_.push_back(static_cast<std::uint32_t>(values_.size()));
  values_.push_back(std::move(value));
}

void PickleStack::limit(std::size_t count) const {
  if (count >= most_values) wrong(fmt::format("more than {} values", most_values));
}

void PickleStack::push_global(std::string_view module, std::string_view name) {
  const std::string full = fmt::format("{}.{}", module, name);
  const auto known = std::ranges::find(globals_, full);
  if (known == globals_.end()) {
    wrong(fmt::format("the pickle names {}, expected only what makes up tensors", in_quotes(full)));
  }
  push({.kind = Kind::global, .text = *known});
}

PickleValue& PickleStack::top() {
  if (stack_.size() <= floor()) wrong("a value is used that is not there");
  return values_[stack_.back()];
}

std::uint32_t PickleStack::pop() {
  top();
  const std::uint32_t value = stack_.back();
  stack_.pop_back();
  return value;
}

std::vector<std::uint32_t> PickleStack::pop_several(std::size_t count) {
  if (stack_.size() - floor() < count) wrong("a value is used that is not there");
  return cut(stack_.size() - count);
}

std::vector<std::uint32_t> PickleStack::pop_to_mark() {
  if (marks_.empty()) wrong("the end of a list that has no beginning");
  const std::size_t from = marks_.back();
  marks_.pop_back();
  return cut(from);
}

std::vector<std::uint32_t> PickleStack::cut(std::size_t from) {
  const auto first = stack_.begin() + static_cast<std::ptrdiff_t>(from);
  std::vector<std::uint32_t> values(first, stack_.end());
  stack_.erase(first, stack_.end());
  // A list takes 4 bytes for each value, and the file only 2 to repeat one.
  links_ += values.size();
  if (links_ > most_links) wrong(fmt::format("more than {} values in lists", most_links));
  return values;
}

void PickleStack::append(const std::vector<std::uint32_t>& values) {
  if (top().kind != Kind::list) wrong(fmt::format("elements for {}, expected them for a list", describe(top())));
  top().items.insert(top().items.end(), values.begin(), values.end());
  limit(top().items.size());
}

void PickleStack::set_entries(const std::vector<std::uint32_t>& values) {
  if (top().kind != Kind::dict && top().kind != Kind::call) {
    wrong(fmt::format("entries for {}, expected them for a dictionary", describe(top())));
  }
  if (values.size() % 2 != 0) wrong("a key without a value");
  top().entries.insert(top().entries.end(), values.begin(), values.end());
  limit(top().entries.size());
}

void PickleStack::remember(std::uint32_t place) {
  top();
  if (place >= most_values) wrong(fmt::format("memo entry {}, expected less than {}", place, most_values));
  memo_[place] = stack_.back();
}

void PickleStack::recall(std::uint32_t place) {
  const auto found = memo_.find(place);
  if (found == memo_.end()) wrong(fmt::format("memo entry {} is used but was never set", place));
  limit(stack_.size());
  stack_.push_back(found->second);
}

}  // namespace mini_bert
