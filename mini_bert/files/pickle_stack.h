#pragma once

#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "mini_bert/files/pickle.h"

namespace mini_bert {

// The stack machine of Lib/pickletools.py, reduced to the parts that build values: a stack of values, marks on it, and
// a memo of values by number. Every method throws Error when the pickle refers to something that does not exist, or
// asks for more than 2^16 values, marks or memo entries, or 2^18 values in lists.
class PickleStack {
 public:
  PickleStack(std::span<const std::string_view> globals, std::string where, std::vector<PickleValue>& values)
      : globals_(globals), where_(std::move(where)), values_(values) {}

  // Error "<where>: byte <begin>: <what>; <remedy>".
  [[noreturn]] void wrong(std::string_view what) const;
  void set_position(std::size_t begin) { begin_ = begin; }  // of the current opcode, for messages

  void push(PickleValue value);
  void push_global(std::string_view module, std::string_view name);  // Error unless it is one of the globals
  std::uint32_t pop();
  PickleValue& top();
  std::size_t height() const { return stack_.size(); }

  void mark();
  std::vector<std::uint32_t> pop_to_mark();
  std::vector<std::uint32_t> pop_several(std::size_t count);

  void append(const std::vector<std::uint32_t>& values);       // to the list on top
  void set_entries(const std::vector<std::uint32_t>& values);  // of the dictionary on top

  void remember(std::uint32_t place);  // the top
  void remember_next() { remember(static_cast<std::uint32_t>(memo_.size())); }
  void recall(std::uint32_t place);

  const PickleValue& value(std::uint32_t number) const { return values_[number]; }

 private:
  void limit(std::size_t count) const;
  std::size_t floor() const { return marks_.empty() ? 0 : marks_.back(); }
  std::vector<std::uint32_t> cut(std::size_t from);

  const std::span<const std::string_view> globals_;
  const std::string where_;
  std::size_t begin_ = 0;
  std::vector<PickleValue>& values_;
  std::vector<std::uint32_t> stack_;
  std::size_t links_ = 0;           // values that tuples, lists and dictionaries were given
  std::vector<std::size_t> marks_;  // heights of the stack
  std::unordered_map<std::uint32_t, std::uint32_t> memo_;
};

}  // namespace mini_bert
