#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mini_bert {

// One value of a pickle. Python's unpickler runs a pickle as a program; this one only writes down what it says. A call
// is a value like any other: the name of what Python would call, and the arguments.
struct PickleValue {
  enum class Kind { none, boolean, integer, real, text, global, tuple, list, dict, call, persistent };

  Kind kind = Kind::none;
  std::int64_t integer = 0;               // boolean, integer
  std::string_view text = {};             // text: within the bytes; global, call: "module.name" as the caller lists it
  std::vector<std::uint32_t> items = {};  // tuple, list: its values; call: the tuple of arguments; persistent: the id
  std::vector<std::uint32_t> entries = {};  // dict, and a call that makes one: keys and values, alternating
};

// What a stream of pickles holds. Values refer to each other by number, so that a value used a million times is stored
// once and nothing recurses.
class Pickle {
 public:
  // Reads one pickle from `bytes`, which may be longer. Only the opcodes that carry data are known (protocols 0 to 4 as
  // torch.save uses them), and only the `globals` that are listed ("module.name") may be named; nothing is ever called.
  // At most 2^20 values. `where` ("path: data.pkl") begins every message. Error when it is anything else.
  Pickle(std::span<const std::byte> bytes, std::span<const std::string_view> globals, const std::string& where);

  std::size_t size() const { return size_; }  // bytes up to its STOP
  std::uint32_t root() const { return root_; }
  std::uint32_t value_count() const { return static_cast<std::uint32_t>(values_.size()); }
  const PickleValue& operator[](std::uint32_t value) const { return values_[value]; }

 private:
  friend class PickleReader;
  std::vector<PickleValue> values_;
  std::uint32_t root_ = 0;
  std::size_t size_ = 0;
};

// "the text "abc"", "a tuple of 3", for messages.
std::string describe(const PickleValue& value);

}  // namespace mini_bert
