#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mini_bert/bert/metrics/evaluation.h"

namespace mini_bert {

// Consecutive words, begin … end−1, that tags mark as one entity of type `type`, for example "PER".
struct Entity {
  std::string type;
  std::size_t begin, end;

  bool operator==(const Entity&) const = default;
};

// Finds the entities in the tags of a text like seqeval in its default mode. A tag is a letter and, after a '-', a
// type. B begins an entity, I continues it, E ends it, and S is an entity of one word. M (of BMES tags) is like I. O is
// outside of entities. An entity also begins where the type changes, so an I without a B counts. Ramshaw & Marcus 1995,
// arXiv:cmp-lg/9505040.
std::vector<Entity> entities_of(std::span<const std::string> tags);

// "f1", "precision" and "recall" of entities over all texts, and "accuracy" of tags. An entity is right if its type and
// both ends are right.
std::vector<Metric> entity_metrics(const std::vector<std::vector<std::string>>& expected,
                                   const std::vector<std::vector<std::string>>& predicted);

}  // namespace mini_bert
