#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "mini_bert/tensor/random.h"

namespace mini_bert::fuzz {

// Bits, bytes and pieces of an input, put where they do not belong.
class Mutator {
 public:
  explicit Mutator(std::uint64_t seed) : random_({.seed = seed}) {}

  std::string mutate(std::string bytes) {
    for (std::size_t i = 1 + below(3); i > 0; --i) mutate_once(bytes);
    return bytes;
  }

  std::size_t below(std::size_t limit) {
    return random_.below(static_cast<std::uint32_t>(std::max(limit, std::size_t{1})));
  }

 private:
  void mutate_once(std::string& bytes) {
    static const std::vector<std::string> pieces = {"{",
                                                    "}",
                                                    "[",
                                                    "]",
                                                    ",",
                                                    ":",
                                                    "\"",
                                                    "0",
                                                    "-1",
                                                    "1e999",
                                                    "1e300",
                                                    "2147483648",
                                                    "9223372036854775808",
                                                    "null",
                                                    "true",
                                                    "\n",
                                                    "\t",
                                                    "\\",
                                                    "\\u0000",
                                                    "\\ud800",
                                                    "\xff",
                                                    "\xe6",
                                                    std::string(1, '\0'),
                                                    std::string(50, '[')};
    const std::size_t at = below(bytes.size());
    const std::string& piece = pieces[below(pieces.size())];
    switch (below(5)) {
      case 0:
        if (!bytes.empty()) bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(8)));
        break;
      case 1:
        bytes.erase(at, 1 + below(12));
        break;
      case 2:
        bytes.insert(at, piece);
        break;
      case 3:
        bytes.replace(at, std::min(piece.size(), bytes.size() - at), piece);
        break;
      default:
        bytes.insert(at, bytes.substr(below(bytes.size()), below(80)));
    }
  }

  RandomSequence random_;
};

}  // namespace mini_bert::fuzz
