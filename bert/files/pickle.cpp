#include "bert/files/pickle.h"

#include <algorithm>
#include <cstring>
#include <unordered_map>

#include "bert/files/file_error.h"

namespace mini_bert {
namespace {

constexpr std::size_t most_values = 1 << 20;  // a BERT of 24 layers has about 7000
constexpr std::string_view remedy =
    "the file is damaged, or holds more than tensors; write it again with torch.save(model.state_dict(), …)";

using Kind = PickleValue::Kind;

}  // namespace

// The stack machine of Lib/pickletools.py, reduced to opcodes that only build values.
class PickleReader {
 public:
  PickleReader(std::span<const std::byte> bytes, std::span<const std::string_view> globals, const std::string& where,
               Pickle& result)
      : bytes_(bytes), globals_(globals), where_(where), values_(result.values_) {
    while (step()) {
    }
    result.root_ = pop();
    result.size_ = at_;
  }

 private:
  [[noreturn]] void wrong(std::string_view what) const { fail("{}: byte {}: {}; {}", where_, begin_, what, remedy); }

  // False at the end of the pickle.
  bool step() {
    begin_ = at_;
    const auto opcode = number<std::uint8_t>();
    switch (opcode) {
      case '.':  // STOP
        if (stack_.size() != 1) wrong(fmt::format("the pickle ends with {} values, expected 1", stack_.size()));
        return false;
      case 0x80:  // PROTO
        if (const auto protocol = number<std::uint8_t>(); protocol > 5) {
          wrong(fmt::format("pickle protocol {}, expected at most 5", protocol));
        }
        break;
      case 0x95:  // FRAME: a hint of how much to read at once
        number<std::uint64_t>();
        break;
      case '(':  // MARK
        marks_.push_back(stack_.size());
        limit(marks_.size());
        break;
      default:
        if (!constant(opcode) && !container(opcode) && !memo(opcode) && !object(opcode)) {
          wrong(fmt::format("pickle opcode 0x{:02x}, expected one that carries data", opcode));
        }
    }
    return true;
  }

  // Numbers and texts.
  bool constant(std::uint8_t opcode) {
    switch (opcode) {
      case 'N':
        push({.kind = Kind::none});
        return true;
      case 0x88:  // NEWTRUE
      case 0x89:  // NEWFALSE
        push({.kind = Kind::boolean, .integer = opcode == 0x88});
        return true;
      case 'J':  // BININT
        push_integer(number<std::int32_t>());
        return true;
      case 'K':  // BININT1
        push_integer(number<std::uint8_t>());
        return true;
      case 'M':  // BININT2
        push_integer(number<std::uint16_t>());
        return true;
      case 0x8a:  // LONG1
        push_long(take(number<std::uint8_t>()));
        return true;
      case 'G':  // BINFLOAT
        take(8);
        push({.kind = Kind::real});
        return true;
      case 'X':  // BINUNICODE
      case 'T':  // BINSTRING
        push({.kind = Kind::text, .text = take(number<std::uint32_t>())});
        return true;
      case 0x8c:  // SHORT_BINUNICODE
      case 'U':   // SHORT_BINSTRING
        push({.kind = Kind::text, .text = take(number<std::uint8_t>())});
        return true;
      default:
        return false;
    }
  }

  bool container(std::uint8_t opcode) {
    switch (opcode) {
      case '}':  // EMPTY_DICT
        push({.kind = Kind::dict});
        return true;
      case ']':  // EMPTY_LIST
        push({.kind = Kind::list});
        return true;
      case ')':  // EMPTY_TUPLE
        push({.kind = Kind::tuple});
        return true;
      case 't':  // TUPLE
        push({.kind = Kind::tuple, .items = pop_to_mark()});
        return true;
      case 0x85:  // TUPLE1
      case 0x86:  // TUPLE2
      case 0x87:  // TUPLE3
        push({.kind = Kind::tuple, .items = pop_several(opcode - 0x84u)});
        return true;
      case 'a':  // APPEND
        append(pop_several(1));
        return true;
      case 'e':  // APPENDS
        append(pop_to_mark());
        return true;
      case 's':  // SETITEM
        set_entries(pop_several(2));
        return true;
      case 'u':  // SETITEMS
        set_entries(pop_to_mark());
        return true;
      default:
        return false;
    }
  }

  bool memo(std::uint8_t opcode) {
    switch (opcode) {
      case 'q':  // BINPUT
        remember(number<std::uint8_t>());
        return true;
      case 'r':  // LONG_BINPUT
        remember(number<std::uint32_t>());
        return true;
      case 0x94:  // MEMOIZE
        remember(static_cast<std::uint32_t>(memo_.size()));
        return true;
      case 'h':  // BINGET
        recall(number<std::uint8_t>());
        return true;
      case 'j':  // LONG_BINGET
        recall(number<std::uint32_t>());
        return true;
      default:
        return false;
    }
  }

  // What Python would look up, call or change; here it is written down.
  bool object(std::uint8_t opcode) {
    switch (opcode) {
      case 'c': {  // GLOBAL
        const std::string_view module = line();
        const std::string_view name = line();
        push_global(module, name);
        return true;
      }
      case 0x93: {  // STACK_GLOBAL
        const std::uint32_t name = pop(), module = pop();
        if (values_[module].kind != Kind::text || values_[name].kind != Kind::text) {
          wrong(fmt::format("a global named by {} and {}, expected two texts", describe(values_[module]),
                            describe(values_[name])));
        }
        push_global(values_[module].text, values_[name].text);
        return true;
      }
      case 'Q': {  // BINPERSID
        const std::uint32_t id = pop();
        push({.kind = Kind::persistent, .items = {id}});
        return true;
      }
      case 'R': {  // REDUCE
        const std::uint32_t arguments = pop(), callee = pop();
        if (values_[callee].kind != Kind::global || values_[arguments].kind != Kind::tuple) {
          wrong(fmt::format("a call of {} with {}, expected a global and a tuple", describe(values_[callee]),
                            describe(values_[arguments])));
        }
        push({.kind = Kind::call, .text = values_[callee].text, .items = {arguments}});
        return true;
      }
      case 'b': {  // BUILD: attributes of an object, which say nothing about tensors
        pop();
        if (const Kind kind = top().kind; kind != Kind::call && kind != Kind::dict) {
          wrong(fmt::format("attributes for {}, expected them for a dictionary", describe(top())));
        }
        return true;
      }
      default:
        return false;
    }
  }

  std::string_view take(std::size_t count) {
    if (count > bytes_.size() - at_) {
      wrong(fmt::format("{} bytes are announced, {} are left", count, bytes_.size() - at_));
    }
    const std::string_view taken(reinterpret_cast<const char*>(bytes_.data()) + at_, count);
    at_ += count;
    return taken;
  }

  template <class T>
  T number() {
    T value;
    std::memcpy(&value, take(sizeof(T)).data(), sizeof(T));
    return value;
  }

  std::string_view line() {
    const std::string_view rest(reinterpret_cast<const char*>(bytes_.data()) + at_, bytes_.size() - at_);
    const std::size_t length = rest.substr(0, 256).find('\n');
    if (length == std::string_view::npos) wrong("a name without an end, expected a line of at most 255 bytes");
    return take(length + 1).substr(0, length);
  }

  void push(PickleValue value) {
    limit(values_.size());
    limit(stack_.size());
    stack_.push_back(static_cast<std::uint32_t>(values_.size()));
    values_.push_back(std::move(value));
  }
  void limit(std::size_t count) const {
    if (count >= most_values) wrong(fmt::format("more than {} values", most_values));
  }

  void push_integer(std::int64_t value) { push({.kind = Kind::integer, .integer = value}); }

  // Little-endian, two's complement. One that needs more than 64 bits is kept as a text: torch's magic number is one.
  void push_long(std::string_view bytes) {
    if (bytes.size() > 8) return push({.kind = Kind::text, .text = bytes});
    std::uint64_t value = !bytes.empty() && (bytes.back() & 0x80) != 0 ? ~std::uint64_t{0} : 0;
    std::memcpy(&value, bytes.data(), bytes.size());
    push_integer(static_cast<std::int64_t>(value));
  }

  void push_global(std::string_view module, std::string_view name) {
    const std::string full = fmt::format("{}.{}", module, name);
    const auto known = std::ranges::find(globals_, full);
    if (known == globals_.end()) {
      wrong(fmt::format("the pickle names {}, expected only what makes up tensors", in_quotes(full)));
    }
    push({.kind = Kind::global, .text = *known});
  }

  PickleValue& top() {
    if (stack_.size() <= floor()) wrong("a value is used that is not there");
    return values_[stack_.back()];
  }
  std::uint32_t pop() {
    top();
    const std::uint32_t value = stack_.back();
    stack_.pop_back();
    return value;
  }
  std::size_t floor() const { return marks_.empty() ? 0 : marks_.back(); }

  std::vector<std::uint32_t> pop_several(std::size_t count) {
    if (stack_.size() - floor() < count) wrong("a value is used that is not there");
    return cut(stack_.size() - count);
  }
  std::vector<std::uint32_t> pop_to_mark() {
    if (marks_.empty()) wrong("the end of a list that has no beginning");
    const std::size_t from = marks_.back();
    marks_.pop_back();
    return cut(from);
  }
  std::vector<std::uint32_t> cut(std::size_t from) {
    const auto first = stack_.begin() + static_cast<std::ptrdiff_t>(from);
    std::vector<std::uint32_t> values(first, stack_.end());
    stack_.erase(first, stack_.end());
    return values;
  }

  void append(const std::vector<std::uint32_t>& values) {
    if (top().kind != Kind::list) wrong(fmt::format("elements for {}, expected them for a list", describe(top())));
    top().items.insert(top().items.end(), values.begin(), values.end());
    limit(top().items.size());
  }
  void set_entries(const std::vector<std::uint32_t>& values) {
    if (top().kind != Kind::dict && top().kind != Kind::call) {
      wrong(fmt::format("entries for {}, expected them for a dictionary", describe(top())));
    }
    if (values.size() % 2 != 0) wrong("a key without a value");
    top().entries.insert(top().entries.end(), values.begin(), values.end());
    limit(top().entries.size());
  }

  void remember(std::uint32_t place) {
    top();
    if (place >= most_values) wrong(fmt::format("memo entry {}, expected less than {}", place, most_values));
    memo_[place] = stack_.back();
  }
  void recall(std::uint32_t place) {
    const auto found = memo_.find(place);
    if (found == memo_.end()) wrong(fmt::format("memo entry {} is used but was never set", place));
    limit(stack_.size());
    stack_.push_back(found->second);
  }

  const std::span<const std::byte> bytes_;
  const std::span<const std::string_view> globals_;
  const std::string& where_;
  std::vector<PickleValue>& values_;
  std::size_t at_ = 0;
  std::size_t begin_ = 0;  // of the opcode at hand
  std::vector<std::uint32_t> stack_;
  std::vector<std::size_t> marks_;  // heights of the stack
  std::unordered_map<std::uint32_t, std::uint32_t> memo_;
};

Pickle::Pickle(std::span<const std::byte> bytes, std::span<const std::string_view> globals, const std::string& where) {
  PickleReader(bytes, globals, where, *this);
}

std::string describe(const PickleValue& value) {
  switch (value.kind) {
    case Kind::none:
      return "None";
    case Kind::boolean:
      return value.integer != 0 ? "True" : "False";
    case Kind::integer:
      return fmt::format("the number {}", value.integer);
    case Kind::real:
      return "a fraction";
    case Kind::text:
      return "the text " + in_quotes(value.text);
    case Kind::global:
      return fmt::format("the name {}", value.text);
    case Kind::tuple:
      return fmt::format("a tuple of {}", value.items.size());
    case Kind::list:
      return fmt::format("a list of {}", value.items.size());
    case Kind::dict:
      return "a dictionary";
    case Kind::call:
      return fmt::format("a call of {}", value.text);
    case Kind::persistent:
      return "a storage";
  }
  return "nothing";
}

}  // namespace mini_bert
