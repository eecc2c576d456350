#include "apps/train/probe_console.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>

#include "apps/console/terminal.h"
#include "apps/console/text_format.h"
#include "apps/report/report_probes.h"
#include "apps/train/training_console.h"

namespace mini_bert {
namespace {

void print_fitted(const std::string& line) {
  const std::optional<std::size_t> width = terminal_width(STDOUT_FILENO);
  print_out("{}\n", width ? fitted(line, *width) : line);
}

std::string best_answers(const ProbeRow& row, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < std::min(count, row.answers.size()); ++i) {
    if (i > 0) text += "  ";
    text += row.answers[i].token + ' ' + format_percent(row.answers[i].score);
  }
  return text;
}

std::string right_answer(const ProbeRow& row) {
  return fmt::format("#{} {}", format_count(row.right->rank), format_percent(row.right->score));
}

// The texts of a column, as wide as the widest of them.
std::size_t widest(const std::vector<std::string>& texts) {
  std::size_t width = 0;
  for (const std::string& text : texts) width = std::max(width, display_width(text));
  return width;
}

void print_table(const std::vector<std::vector<std::string>>& columns) {
  for (std::size_t row = 0; row < columns.front().size(); ++row) {
    std::string line;
    for (std::size_t c = 0; c < columns.size(); ++c) {
      line += c + 1 == columns.size() ? columns[c][row] : pad_right(columns[c][row], widest(columns[c])) + "  ";
    }
    print_fitted(line);
  }
}

// On a narrow terminal, as many answers as fit beside each other, at least one.
std::size_t answers_shown(const std::vector<ProbeCourse>& courses) {
  const std::optional<std::size_t> width = terminal_width(STDOUT_FILENO);
  std::size_t count = 3;
  for (; width && count > 1; --count) {
    std::vector<std::string> texts = {"probe"}, before, after;
    for (const ProbeCourse& course : courses) {
      texts.push_back(course.text);
      before.push_back(best_answers(*course.rows.front(), count));
      after.push_back(best_answers(*course.rows.back(), count));
    }
    if (widest(texts) + widest(before) + widest(after) + 4 <= *width) break;
  }
  return count;
}

}  // namespace

void show_probes(const TrainingHistory& history) {
  const std::vector<ProbeCourse> courses = probe_courses(history);
  if (courses.empty()) return;
  const std::size_t count = answers_shown(courses);
  std::vector<std::vector<std::string>> answers = {{"probe"}, {"before"}, {"after"}};
  std::vector<std::vector<std::string>> right = {{"right answer"}, {"before"}, {"after"}, {""}};
  for (const ProbeCourse& course : courses) {
    const ProbeRow &before = *course.rows.front(), &after = *course.rows.back();
    if (std::ranges::find(answers[0], course.text) == answers[0].end()) {  // once, however many answers are right
      answers[0].push_back(course.text);
      answers[1].push_back(best_answers(before, count));
      answers[2].push_back(best_answers(after, count));
    }
    if (outcome_of(course) == ProbeOutcome::unmeasured) continue;
    right[0].push_back(course.text + " = " + after.right->text);
    right[1].push_back(right_answer(before));
    right[2].push_back(right_answer(after));
    right[3].push_back(name_of(outcome_of(course)).english());
  }
  print_out("\n");
  print_table(answers);
  if (right[0].size() == 1) return;
  print_out("\n");
  print_table(right);
  for (const Text& advice : probe_advice(courses)) TrainingConsole::fact("try", advice.english());
}

}  // namespace mini_bert
