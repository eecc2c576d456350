#include "mini_bert/tokenizer/prefix_trie.h"

namespace mini_bert {
namespace {

uint64_t edge_key(uint32_t node, unsigned char byte) {
  return (uint64_t{node} << 8 | byte) + 1;
}

// Fibonacci hashing: the golden ratio spreads neighbouring keys, the top bits choose the slot. Knuth, TAOCP 3, §6.4.
size_t slot_of(uint64_t key, size_t slots) {
  return static_cast<size_t>((key * 0x9E3779B97F4A7C15u) >> 32) & (slots - 1);
}

}  // namespace

size_t PrefixTrie::find(uint32_t node, unsigned char byte) const {
  const uint64_t key = edge_key(node, byte);
  size_t slot = slot_of(key, edges_.size());
  while (edges_[slot].key != 0 && edges_[slot].key != key) slot = (slot + 1) & (edges_.size() - 1);
  return slot;
}

void PrefixTrie::grow() {
  std::vector<Edge> old(2 * edges_.size());
  old.swap(edges_);
  for (const Edge& edge : old) {
    if (edge.key == 0) continue;
    size_t slot = slot_of(edge.key, edges_.size());
    while (edges_[slot].key != 0) slot = (slot + 1) & (edges_.size() - 1);
    edges_[slot] = edge;
  }
}

void PrefixTrie::add(std::string_view string, int32_t value) {
  uint32_t node = 0;
  for (const char c : string) {
    const auto byte = static_cast<unsigned char>(c);
    size_t slot = find(node, byte);
    if (edges_[slot].key == 0) {
      // The table is at most half full, so that a search for a missing edge soon reaches a free slot.
      if (2 * (values_.size() + 1) > edges_.size()) {
        grow();
        slot = find(node, byte);
      }
      edges_[slot] = {edge_key(node, byte), static_cast<uint32_t>(values_.size())};
      values_.push_back(-1);
    }
    node = edges_[slot].child;
  }
  values_[node] = value;
}

PrefixTrie::Match PrefixTrie::longest_prefix(std::string_view text) const {
  Match match;
  uint32_t node = 0;
  for (uint32_t i = 0; i < text.size(); ++i) {
    const Edge& edge = edges_[find(node, static_cast<unsigned char>(text[i]))];
    if (edge.key == 0) break;
    node = edge.child;
    if (values_[node] >= 0) match = {values_[node], i + 1};
  }
  return match;
}

}  // namespace mini_bert
