#include "mini_bert/files/pickle.h"

#include <cstring>

#include "mini_bert/base/file_error.h"
#include "mini_bert/files/pickle_stack.h"

namespace mini_bert {
namespace {

using Kind = PickleValue::Kind;

}  // namespace

// Reads one opcode after the other. Each takes a few calls of the stack.
class PickleReader : private PickleStack {
 public:
  PickleReader(std::span<const std::byte> bytes, std::span<const std::string_view> globals, const std::string& where,
               Pickle& result)
      : PickleStack(globals, where, result.values_), bytes_(bytes) {
    while (step()) {
    }
    result.root_ = pop();
    result.size_ = at_;
  }

 private:
  // False at the end of the pickle.
  bool step() {
    set_position(at_);
    const auto opcode = number<std::uint8_t>();
    switch (opcode) {
      case '.':  // STOP
        if (height() != 1) wrong(fmt::format("the pickle ends with {} values, expected 1", height()));
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
        mark();
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
        remember_next();
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

  // Opcodes for which Python would look up, call or change something. Here they are only recorded.
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
        if (value(module).kind != Kind::text || value(name).kind != Kind::text) {
          wrong(fmt::format("a global named by {} and {}, expected two texts", describe(value(module)),
                            describe(value(name))));
        }
        push_global(value(module).text, value(name).text);
        return true;
      }
      case 'Q': {  // BINPERSID
        const std::uint32_t id = pop();
        push({.kind = Kind::persistent, .items = {id}});
        return true;
      }
      case 'R': {  // REDUCE
        const std::uint32_t arguments = pop(), callee = pop();
        if (value(callee).kind != Kind::global || value(arguments).kind != Kind::tuple) {
          wrong(fmt::format("a call of {} with {}, expected a global and a tuple", describe(value(callee)),
                            describe(value(arguments))));
        }
        push({.kind = Kind::call, .text = value(callee).text, .items = {arguments}});
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

  void push_integer(std::int64_t value) { push({.kind = Kind::integer, .integer = value}); }

  // Little-endian, two's complement. A number of more than 64 bits, such as torch's magic number, is kept as a text.
  void push_long(std::string_view bytes) {
    if (bytes.size() > 8) return push({.kind = Kind::text, .text = bytes});
    std::uint64_t value = !bytes.empty() && (bytes.back() & 0x80) != 0 ? ~std::uint64_t{0} : 0;
    std::memcpy(&value, bytes.data(), bytes.size());
    push_integer(static_cast<std::int64_t>(value));
  }

  const std::span<const std::byte> bytes_;
  std::size_t at_ = 0;
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
