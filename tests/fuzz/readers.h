#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

// Every reader of foreign bytes as one function of those bytes: for libFuzzer (fuzz.cpp) and for readers_test.cpp.
namespace mini_bert::fuzz {

struct Reader {
  std::string_view name;
  // Reads the bytes as a program would, uses what was read, and throws Error when they are not what they should be.
  void (*read)(std::string_view bytes);
  std::vector<std::string> (*seeds)();  // sound inputs, which mutations begin with
};

std::span<const Reader> readers();
const Reader& reader_named(std::string_view name);  // Error when there is none

// Reads the bytes. Returns whether they were accepted. std::logic_error, which no reader throws, when the reader breaks
// its promise: it throws anything but an Error (or a UsageError, if it reads flags) of one line.
bool accepts(const Reader& reader, std::string_view bytes);

}  // namespace mini_bert::fuzz
