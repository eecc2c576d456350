#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mini_bert {

// One value of a pickle. Python's unpickler runs a pickle as a program; this reader only records what the pickle says.
// A call is a value like any other: the name of the function that Python would call, and its arguments.
struct PickleValue {
  enum class Kind { none, boolean, integer, real, text, global, tuple, list, dict, call, persistent };

  Kind kind = Kind::none;
  std::int64_t integer = 0;               // boolean, integer
  std::string_view text = {};             // text: within the bytes; global, call: "module.name" as the caller lists it
  std::vector<std::uint32_t> items = {};  // tuple, list: its values; call: the tuple of arguments; persistent: the id
  std::vector<std::uint32_t> entries = {};  // dict, and a call that makes one: keys and values, alternating
};

// The values of one pickle. They refer to each other by number, so a value that is used a million times is stored once,
// and no function recurses.
class Pickle {
 public:
  // Reads one pickle from the front of `bytes`. Accepts only the opcodes that carry data (protocols 0 to 4 as
  // torch.save uses them), only names in `globals` ("module.name"), and at most 2^16 values. Never calls anything.
  // Error for everything else; `where` ("path: data.pkl") begins its message.
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
