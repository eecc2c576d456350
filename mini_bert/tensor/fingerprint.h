#pragma once

#include <cstdint>

namespace mini_bert {

// The FNV-1a hash of the words that are added, in their order. It tells data sets, word lists and weights apart.
class Fingerprint {
 public:
  void add(std::uint64_t value) { hash_ = (hash_ ^ value) * 0x100000001b3u; }
  std::uint64_t value() const { return hash_; }

 private:
  std::uint64_t hash_ = 0xcbf29ce484222325u;
};

}  // namespace mini_bert
