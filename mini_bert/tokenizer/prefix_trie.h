#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace mini_bert {

// A set of strings that finds its longest member that a text begins with. The search makes one pass over that prefix,
// however many strings there are. Every edge of the trie is one slot of a hash table with open addressing, so a step
// costs one look-up, and no node is allocated on its own.
class PrefixTrie {
 public:
  struct Match {
    int32_t value = -1;   // -1: no string of the set is a prefix of the text
    uint32_t length = 0;  // bytes
  };

  // Adds a string with a value >= 0; a later one replaces an earlier one.
  void add(std::string_view string, int32_t value);

  // The longest string of the set that `text` begins with.
  Match longest_prefix(std::string_view text) const;

  bool empty() const { return values_.size() == 1; }

 private:
  struct Edge {
    uint64_t key = 0;  // (node << 8 | byte) + 1; 0: free
    uint32_t child = 0;
  };
  // The slot that holds the edge, or the free slot to put it in.
  size_t find(uint32_t node, unsigned char byte) const;
  void grow();

  std::vector<Edge> edges_ = std::vector<Edge>(16);
  std::vector<int32_t> values_ = {-1};  // per node; node 0 is the root
};

}  // namespace mini_bert
