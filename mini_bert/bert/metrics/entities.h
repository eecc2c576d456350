#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mini_bert/bert/metrics/evaluation.h"

namespace mini_bert {

// A stretch of words that tags mark as one thing: "PER", words begin … end−1.
struct Entity {
  std::string type;
  std::size_t begin, end;

  bool operator==(const Entity&) const = default;
};

// The entities of a text's tags, as seqeval finds them by default: a tag is a letter (B begins an entity, I goes on, E
// ends it, S is one alone; M, for BMES, is like I) and, after a '-', its type; O is outside. An entity also begins
// where the type changes, so an I without a B counts. Ramshaw & Marcus 1995, arXiv:cmp-lg/9505040.
std::vector<Entity> entities_of(std::span<const std::string> tags);

// "f1", "precision" and "recall" of whole entities, type and both ends being right, over all texts; "accuracy" of tags.
std::vector<Metric> entity_metrics(const std::vector<std::vector<std::string>>& expected,
                                   const std::vector<std::vector<std::string>>& predicted);

}  // namespace mini_bert
