#include "mini_bert/bert/names/name_table.h"

#include <algorithm>
#include <cctype>

namespace mini_bert {
namespace {

constexpr std::string_view placeholder = "{layer}";

// What stands for {layer} in `text`, "" when the pattern has no {layer}; nothing when the text does not fit the
// pattern.
std::optional<std::string_view> match(std::string_view pattern, std::string_view text) {
  const std::size_t at = pattern.find(placeholder);
  if (at == pattern.npos) return text == pattern ? std::optional(std::string_view()) : std::nullopt;
  const std::string_view before = pattern.substr(0, at), after = pattern.substr(at + placeholder.size());
  if (text.size() <= before.size() + after.size() || !text.starts_with(before) || !text.ends_with(after)) return {};
  const std::string_view layer = text.substr(at, text.size() - before.size() - after.size());
  const bool is_number = std::ranges::all_of(layer, [](unsigned char c) { return std::isdigit(c) != 0; });
  return is_number ? std::optional(layer) : std::nullopt;
}

std::string with_layer(std::string_view pattern, std::string_view layer) {
  std::string text(pattern);
  if (const std::size_t at = text.find(placeholder); at != text.npos) text.replace(at, placeholder.size(), layer);
  return text;
}

// Whether the text is the pattern, in which each * stands for any text.
bool fits(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern.front() != '*') {
    return !text.empty() && pattern.front() == text.front() && fits(pattern.substr(1), text.substr(1));
  }
  return fits(pattern.substr(1), text) || (!text.empty() && fits(pattern, text.substr(1)));
}

}  // namespace

std::vector<NameTable::Spelling> NameTable::spellings(std::string_view path) const {
  std::vector<Spelling> all;
  for (const NameRow& row : rows) {
    if (const auto layer = match(row.path, path)) all.push_back({with_layer(row.name, *layer), row.form});
  }
  for (std::size_t i = 0, count = all.size(); i < count; ++i) {
    for (const auto& [now, before] : older) {
      const std::string& name = all[i].name;
      if (!name.ends_with(now)) continue;
      all.push_back({name.substr(0, name.size() - now.size()) + std::string(before), all[i].form});
    }
  }
  for (std::size_t i = 0, count = all.size(); i < count && !base.empty(); ++i) {
    if (all[i].name.starts_with(base)) all.push_back({all[i].name.substr(base.size()), all[i].form});
  }
  std::stable_partition(all.begin(), all.end(), [](const Spelling& spelling) { return !spelling.is_second_name(); });
  return all;
}

std::string NameTable::unwrapped(std::string_view name) const {
  std::string rest;
  for (std::size_t begin = 0; begin <= name.size();) {
    const std::size_t end = std::min(name.find('.', begin), name.size());
    const std::string_view part = name.substr(begin, end - begin);
    if (std::ranges::find(wrappers, part) == wrappers.end()) {
      rest += part;
      if (end < name.size()) rest += '.';
    }
    begin = end + 1;
  }
  return rest;
}

std::string NameTable::prefix_of(std::span<const std::string> names) const {
  std::optional<std::string> shortest;
  for (const Spelling& spelling : spellings(decoder_paths().word_embeddings)) {
    if (spelling.is_second_name()) continue;
    for (const std::string& name : names) {
      if (name == spelling.name) return "";
      if (!name.ends_with('.' + spelling.name)) continue;
      std::string prefix = name.substr(0, name.size() - spelling.name.size());
      if (!shortest || prefix.size() < shortest->size()) shortest = std::move(prefix);
    }
  }
  return shortest.value_or("");
}

bool NameTable::is_redundant(std::string_view name) const {
  return std::ranges::any_of(redundant, [&](std::string_view pattern) { return fits(pattern, name); });
}

DecoderPaths decoder_paths() {
  return {"embeddings.word.weight", "masked_words.decoder.weight", "masked_words.decoder.bias"};
}

HeadPaths head_paths() {
  return {"masked_words.norm.scale", "next_sentence.weight", "answer.weight", "classifier.weight"};
}

std::optional<std::string> second_checkpoint_name(const Parameter& parameter) {
  if (parameter.path != decoder_paths().bias) return std::nullopt;
  return std::move(name_tables().front()->spellings(parameter.path).back().name);
}

std::string checkpoint_name(const Parameter& parameter) {
  std::vector<NameTable::Spelling> spellings = name_tables().front()->spellings(parameter.path);
  if (spellings.empty()) return parameter.path;
  return std::move(spellings.front().name);
}

}  // namespace mini_bert
