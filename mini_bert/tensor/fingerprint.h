#pragma once

#include <cstdint>

namespace mini_bert {

// FNV-1a of everything that is added, a word at a time and in order: tells data sets, word lists and weights apart.
class Fingerprint {
 public:
  void add(std::uint64_t value) { hash_ = (hash_ ^ value) * 0x100000001b3u; }
  std::uint64_t value() const { return hash_; }

 private:
  std::uint64_t hash_ = 0xcbf29ce484222325u;
};

}  // namespace mini_bert
