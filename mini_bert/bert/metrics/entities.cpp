#include "mini_bert/bert/metrics/entities.h"

#include <algorithm>
#include <functional>
#include <set>

#include "mini_bert/base/utf8.h"
#include "mini_bert/bert/metrics/classification.h"

namespace mini_bert {
namespace {

struct Tag {
  std::string_view letter;  // one character
  std::string_view type;
};

constexpr Tag outside = {"O", "_"};

// The letter of a tag and what stands behind it.
std::pair<std::string_view, std::string_view> split_letter(std::string_view tag) {
  const std::size_t length = std::max<std::size_t>(read_code_point(tag, 0).length, 1);
  return {tag.substr(0, length), tag.substr(std::min(length, tag.size()))};
}

// seqeval's default mode drops everything before the first '-' behind the letter.
Tag parse(std::string_view tag) {
  if (tag.empty()) return outside;
  auto [letter, type] = split_letter(tag);
  if (const std::size_t dash = type.find('-'); dash != std::string_view::npos) type.remove_prefix(dash + 1);
  return {letter, type.empty() ? "_" : type};
}

// seqeval's strict mode drops every '-' at either end of the type.
Tag parse_strictly(std::string_view tag) {
  if (tag.empty()) return outside;
  auto [letter, type] = split_letter(tag);
  while (type.starts_with('-')) type.remove_prefix(1);
  while (type.ends_with('-')) type.remove_suffix(1);
  return {letter == "M" ? "I" : letter, type.empty() ? "_" : type};
}

bool is_any(std::string_view letter, std::string_view letters) {
  return letter.size() == 1 && letters.find(letter) != std::string_view::npos;
}

bool ends_before(const Tag& previous, const Tag& next) {
  if (is_any(previous.letter, "ES")) return true;
  if (is_any(previous.letter, "BI") && is_any(next.letter, "BSO")) return true;
  return !is_any(previous.letter, "O.") && previous.type != next.type;
}

bool begins_at(const Tag& previous, const Tag& next) {
  if (is_any(next.letter, "BS")) return true;
  if (is_any(next.letter, "IE") && is_any(previous.letter, "ESO")) return true;
  return !is_any(next.letter, "O.") && previous.type != next.type;
}

// The letters of a scheme by what they do.
struct Letters {
  std::string_view begin, inside, last, single;
};

Letters letters_of(TagScheme scheme) {
  switch (scheme) {
    case TagScheme::iob2:
      return {"B", "I", "", ""};
    case TagScheme::ioe2:
      return {"", "I", "E", ""};
    case TagScheme::iobes:
      return {"B", "I", "E", "S"};
    case TagScheme::bilou:
      return {"B", "I", "L", "U"};
  }
  return {};
}

// Reads one text in the strict mode: an entity runs from a tag that may begin one over tags that may continue it, and
// counts when its last tag, or the tag behind it, ends it.
class StrictReader {
 public:
  StrictReader(std::span<const std::string> tags, TagScheme scheme) : scheme_(scheme), letters_(letters_of(scheme)) {
    for (const std::string& tag : tags) {
      const Tag parsed = parse_strictly(tag);
      const bool known = is_any(parsed.letter, "O") || is(parsed, letters_.begin) || is(parsed, letters_.inside) ||
                         is(parsed, letters_.last) || is(parsed, letters_.single);
      tags_.push_back(known ? parsed : outside);
    }
    tags_.push_back(outside);
  }

  std::vector<Entity> read() const {
    std::vector<Entity> entities;
    Tag previous = outside;
    for (std::size_t i = 0; i < tags_.size();) {
      std::size_t end = i + 1;
      if (begins(previous, tags_[i])) {
        while (end < tags_.size() && continues(tags_[end - 1], tags_[end])) ++end;
        if (end < tags_.size() && ends(tags_[end - 1], tags_[end])) {
          entities.push_back({std::string(tags_[i].type), i, end});
        }
      }
      previous = tags_[end - 1];
      i = end;
    }
    return entities;
  }

 private:
  static bool is(const Tag& tag, std::string_view letter) { return !letter.empty() && tag.letter == letter; }

  bool begins(const Tag& previous, const Tag& next) const {
    if (scheme_ != TagScheme::ioe2) return is(next, letters_.begin) || is(next, letters_.single);
    if (!is(next, "I") && !is(next, "E")) return false;
    return !is(previous, "I") || previous.type != next.type;
  }
  bool continues(const Tag& previous, const Tag& next) const {
    const bool open = is(previous, letters_.begin) || is(previous, letters_.inside);
    return open && (is(next, letters_.inside) || is(next, letters_.last)) && previous.type == next.type;
  }
  bool ends(const Tag& previous, const Tag& next) const {
    if (scheme_ != TagScheme::iob2) return is(previous, letters_.last) || is(previous, letters_.single);
    return is(next, "O") || is(next, "B") || previous.type != next.type;
  }

  TagScheme scheme_;
  Letters letters_;
  std::vector<Tag> tags_;
};

using Texts = std::vector<std::vector<std::string>>;

// All texts in a row with an O behind each. seqeval's default mode reads them so.
std::vector<std::string> in_a_row(const Texts& texts) {
  std::vector<std::string> row;
  for (const std::vector<std::string>& text : texts) {
    row.insert(row.end(), text.begin(), text.end());
    row.emplace_back("O");
  }
  return row;
}

void count_entities(const std::vector<Entity>& is, const std::vector<Entity>& found, LabelCounts& counts) {
  using Key = std::tuple<std::size_t, std::size_t, std::string_view>;
  const auto key = [](const Entity& entity) { return Key{entity.begin, entity.end, entity.type}; };
  std::set<Key> known;
  for (const Entity& entity : is) known.insert(key(entity));
  const auto hits = std::ranges::count_if(found, [&](const Entity& entity) { return known.contains(key(entity)); });
  counts.hits += hits;
  counts.false_alarms += std::ssize(found) - hits;
  counts.misses += std::ssize(is) - hits;
}

double tag_accuracy(const Texts& expected, const Texts& predicted) {
  Index right = 0, words = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    for (std::size_t w = 0; w < expected[i].size(); ++w) right += expected[i][w] == predicted[i][w];
    words += std::ssize(expected[i]);
  }
  return words == 0 ? 0 : static_cast<double>(right) / static_cast<double>(words);
}

}  // namespace

std::vector<Entity> entities_of(std::span<const std::string> tags) {
  std::vector<Entity> entities;
  Tag previous = {"O", ""};
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= tags.size(); ++i) {
    const Tag next = i < tags.size() ? parse(tags[i]) : outside;
    if (ends_before(previous, next)) entities.push_back({std::string(previous.type), begin, i});
    if (begins_at(previous, next)) begin = i;
    previous = next;
  }
  return entities;
}

std::optional<TagScheme> tag_scheme(std::span<const std::string> tags) {
  std::string letters;
  for (const std::string& tag : tags) {
    const std::string_view letter = parse_strictly(tag).letter;
    if (!is_any(letter, "BIOESLU")) return std::nullopt;
    if (letters.find(letter) == std::string::npos) letters += letter;
  }
  std::ranges::sort(letters);
  std::erase(letters, 'O');
  const auto is_one_of = [&](std::initializer_list<std::string_view> sets) {
    return std::ranges::find(sets, letters) != sets.end();
  };
  if (is_one_of({"BI", "B"})) return TagScheme::iob2;
  if (is_one_of({"EI", "E"})) return TagScheme::ioe2;
  if (is_one_of({"BEIS", "BEI", "BES", "BE", "S"})) return TagScheme::iobes;
  if (is_one_of({"BILU", "BIL", "BLU", "BL", "U"})) return TagScheme::bilou;
  return std::nullopt;
}

std::vector<Entity> strict_entities_of(std::span<const std::string> tags, TagScheme scheme) {
  return StrictReader(tags, scheme).read();
}

std::vector<Metric> entity_metrics(const Texts& expected, const Texts& predicted, std::span<const std::string> labels) {
  LabelCounts counts;
  count_entities(entities_of(in_a_row(expected)), entities_of(in_a_row(predicted)), counts);
  std::vector<Metric> metrics = {{"f1", counts.f1()},
                                 {"precision", counts.precision()},
                                 {"recall", counts.recall()},
                                 {"accuracy", tag_accuracy(expected, predicted)}};
  if (const std::optional<TagScheme> scheme = tag_scheme(labels)) {
    LabelCounts strict;
    for (std::size_t i = 0; i < expected.size(); ++i) {
      count_entities(strict_entities_of(expected[i], *scheme), strict_entities_of(predicted[i], *scheme), strict);
    }
    metrics.push_back({"f1_strict", strict.f1()});
    metrics.push_back({"precision_strict", strict.precision()});
    metrics.push_back({"recall_strict", strict.recall()});
  }
  return metrics;
}

}  // namespace mini_bert
