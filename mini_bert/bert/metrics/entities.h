#pragma once

#include <optional>
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

// Finds the entities in tags like seqeval 1.2.2 in its default mode. The first character of a tag is its letter; the
// rest, without a '-' in front, is its type. B begins an entity, I continues it, E ends it, and S is an entity of one
// word. O is outside of entities. An entity also begins and ends where the type changes, whatever the letters are. So
// an I without a B counts, and so do the tags PER, LOC and O, which have no letter in front. Ramshaw & Marcus 1995,
// arXiv:cmp-lg/9505040.
std::vector<Entity> entities_of(std::span<const std::string> tags);

// The ways to tag whose rules seqeval checks in its strict mode.
//   iob2   B I O      an entity begins with B
//   ioe2   I E O      an entity ends with E
//   iobes  B I E S O  an entity is B I… E, or S; also called BIOES, and BMES with M for I
//   bilou  B I L U O  the same with L for E and U for S
enum class TagScheme { iob2, ioe2, iobes, bilou };

// The scheme that uses the first letters of these tags, as seqeval's auto_detect chooses it. Unset when none does.
std::optional<TagScheme> tag_scheme(std::span<const std::string> tags);

// Finds the entities like seqeval in its strict mode: an entity that breaks the rules of the scheme is none. A tag
// whose letter the scheme does not have is outside of entities.
std::vector<Entity> strict_entities_of(std::span<const std::string> tags, TagScheme scheme);

// "f1", "precision" and "recall" of entities over all texts (seqeval's default mode), and "accuracy" of tags. An entity
// is right if its type and both ends are right. If `labels`, all tags that a model knows, follow a scheme, then also
// "f1_strict", "precision_strict" and "recall_strict" (seqeval's strict mode).
std::vector<Metric> entity_metrics(const std::vector<std::vector<std::string>>& expected,
                                   const std::vector<std::vector<std::string>>& predicted,
                                   std::span<const std::string> labels = {});

}  // namespace mini_bert
