#include "mini_bert/bert/run_identity.h"

#include <algorithm>
#include <cstdint>

namespace mini_bert {
namespace {

std::string shown(const std::string& value) {
  constexpr std::size_t longest = 60;  // a configuration can have hundreds of labels
  if (value.empty()) return "not set";
  return value.size() <= longest ? value : value.substr(0, longest) + "…";
}

std::string message(const std::string& file, const std::vector<RunIdentity::Difference>& differences) {
  constexpr std::size_t most = 4;
  std::string text;
  for (std::size_t i = 0; i < std::min(most, differences.size()); ++i) {
    const auto& [key, before, now] = differences[i];
    text += fmt::format("{}`{}` was {}, now it is {}", i == 0 ? "" : "; ", key, shown(before), shown(now));
  }
  if (differences.size() > most) text += fmt::format("; {} more differ", differences.size() - most);
  return fmt::format("{}: the run cannot go on with other arguments or data than it began with: {}", file, text);
}

}  // namespace

void RunIdentity::add_text(std::string key, std::string value) {
  const auto place = std::ranges::lower_bound(facts_, key, {}, &Fact::key);
  require(place == facts_.end() || place->key != key, "run identity: {} is stated twice", key);
  facts_.insert(place, {std::move(key), std::move(value)});
}

void RunIdentity::add_fingerprint(std::string key, std::uint64_t fingerprint) {
  add_text(std::move(key), fmt::format("{:016x}", fingerprint));
}

void RunIdentity::add_all(const RunIdentity& other) {
  for (const Fact& fact : other.facts_) add_text(fact.key, fact.value);
}

std::string_view RunIdentity::value(std::string_view key) const {
  const auto found = std::ranges::find(facts_, key, &Fact::key);
  return found == facts_.end() ? std::string_view() : std::string_view(found->value);
}

std::vector<RunIdentity::Difference> RunIdentity::differences_from(const RunIdentity& before) const {
  std::vector<Difference> differences;
  for (const auto& [key, now] : facts_) {
    const std::string_view then = before.value(key);
    if (then != now) differences.push_back({key, std::string(then), now});
  }
  for (const auto& [key, then] : before.facts_) {
    if (value(key).empty()) differences.push_back({key, then, ""});
  }
  return differences;
}

OtherRunError::OtherRunError(const std::string& file, std::vector<RunIdentity::Difference> differences)
    : Error(message(file, differences)), differences_(std::move(differences)) {}

}  // namespace mini_bert
