#include "apps/report/guard_changes.h"

#include <algorithm>

namespace mini_bert {
namespace {

template <class Keep>
std::vector<GuardChange> changes(const TrainingHistory& history, const Keep& keep) {
  std::vector<GuardChange> found;
  if (history.guards.empty()) return found;
  for (std::size_t i = 0; i < history.guard_blanks.size(); ++i) {
    const GuardChange change{history.guard_blanks[i], history.guards.front().ranks.at(i),
                             history.guards.back().ranks.at(i)};
    if (keep(change)) found.push_back(change);
  }
  return found;
}

}  // namespace

std::vector<GuardChange> lost_answers(const TrainingHistory& history) {
  auto lost = changes(history, [](const GuardChange& c) { return c.before == 1 && c.after > 1; });
  std::ranges::stable_sort(lost, std::ranges::greater(), &GuardChange::after);
  return lost;
}

std::vector<GuardChange> gained_answers(const TrainingHistory& history) {
  return changes(history, [](const GuardChange& c) { return c.before > 1 && c.after == 1; });
}

}  // namespace mini_bert
