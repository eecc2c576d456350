#include "mini_bert/bert/metrics/entities.h"

#include <algorithm>

#include "mini_bert/bert/metrics/classification.h"

namespace mini_bert {
namespace {

struct Tag {
  char letter;
  std::string_view type;
};

Tag parse(std::string_view tag) {
  if (tag.empty()) return {'O', "_"};
  const std::size_t dash = tag.find('-', 1);
  const std::string_view type = tag.substr(dash == std::string_view::npos ? 1 : dash + 1);
  return {tag[0] == 'M' ? 'I' : tag[0], type.empty() ? "_" : type};
}

bool is_any(char letter, std::string_view letters) {
  return letters.find(letter) != std::string_view::npos;
}

bool ends_before(const Tag& previous, const Tag& next) {
  if (is_any(previous.letter, "ES")) return true;
  if (is_any(previous.letter, "BI") && is_any(next.letter, "BSO")) return true;
  return is_any(previous.letter, "BI") && previous.type != next.type;
}

bool begins_at(const Tag& previous, const Tag& next) {
  if (is_any(next.letter, "BS")) return true;
  if (!is_any(next.letter, "IE")) return false;
  return is_any(previous.letter, "ESO") || previous.type != next.type;
}

}  // namespace

std::vector<Entity> entities_of(std::span<const std::string> tags) {
  std::vector<Entity> entities;
  Tag previous = {'O', "_"};
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= tags.size(); ++i) {
    const Tag next = i < tags.size() ? parse(tags[i]) : Tag{'O', "_"};
    if (ends_before(previous, next)) entities.push_back({std::string(previous.type), begin, i});
    if (begins_at(previous, next)) begin = i;
    previous = next;
  }
  return entities;
}

std::vector<Metric> entity_metrics(const std::vector<std::vector<std::string>>& expected,
                                   const std::vector<std::vector<std::string>>& predicted) {
  LabelCounts counts;
  Index right = 0, words = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const std::vector<Entity> is = entities_of(expected[i]), found = entities_of(predicted[i]);
    const auto hits =
        std::ranges::count_if(found, [&](const Entity& entity) { return std::ranges::find(is, entity) != is.end(); });
    counts.hits += hits;
    counts.false_alarms += static_cast<Index>(found.size()) - hits;
    counts.misses += static_cast<Index>(is.size()) - hits;
    for (std::size_t w = 0; w < expected[i].size(); ++w) right += expected[i][w] == predicted[i][w];
    words += static_cast<Index>(expected[i].size());
  }
  return {{"f1", counts.f1()},
          {"precision", counts.precision()},
          {"recall", counts.recall()},
          {"accuracy", words == 0 ? 0 : static_cast<double>(right) / static_cast<double>(words)}};
}

}  // namespace mini_bert
