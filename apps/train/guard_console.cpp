#include "apps/train/guard_console.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>

#include "apps/console/terminal.h"
#include "apps/console/text_format.h"
#include "apps/report/guard_changes.h"

namespace mini_bert {

void show_guard(const TrainingHistory& history) {
  if (history.guards.empty()) return;
  constexpr std::size_t label_width = 24, most_lost = 8;
  const GuardRow &before = history.guards.front(), &after = history.guards.back();
  const auto row = [](const char* label, const std::string& first, const std::string& last) {
    print_out("{}{:>10}  {:>10}\n", pad_right(label, label_width), first, last);
  };
  print_out("\n");
  row("guard", "before", "after");
  row("mean log-probability", fmt::format("{:.3f}", before.log_probability),
      fmt::format("{:.3f}", after.log_probability));
  row("right at once", format_percent(before.accuracy(1)), format_percent(after.accuracy(1)));
  row("among the first five", format_percent(before.accuracy(5)), format_percent(after.accuracy(5)));
  row("mean rank", fmt::format("{:.1f}", before.mean_rank()), fmt::format("{:.1f}", after.mean_rank()));
  const std::vector<GuardChange> lost = lost_answers(history);
  if (lost.empty()) return;
  std::string list;
  for (std::size_t i = 0; i < std::min(lost.size(), most_lost); ++i) {
    list += fmt::format("{}{} ({})", i > 0 ? "; " : "", lost[i].text, format_count(lost[i].after));
  }
  if (lost.size() > most_lost) list += "; …";
  const std::size_t width = terminal_width(STDOUT_FILENO).value_or(label_width + display_width(list));
  print_out("{}{}\n", pad_right("lost (rank now)", label_width), hanging(list, label_width, width));
}

}  // namespace mini_bert
