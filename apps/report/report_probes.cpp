#include "apps/report/report_probes.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "apps/report/html.h"
#include "apps/report/texts.h"

namespace mini_bert {
namespace {

constexpr std::size_t most_course_columns = 60;  // in the picture of a probe's course
constexpr std::size_t most_runs = 8;             // in the list of a probe's first answers

double share(double score) {
  return std::isfinite(score) ? std::clamp(score, 0.0, 1.0) : 0;
}

Text answer_text(const std::string& answer) {
  return answer.empty() ? Text(say::nothing) : Text(answer);
}

// Marks the blanks in the text. The answers shown belong to the first blank.
std::string with_blanks(const std::string& text) {
  const std::string blank = "[MASK]";
  std::string html;
  std::size_t begin = 0;
  for (std::size_t found; (found = text.find(blank, begin)) != std::string::npos; begin = found + blank.size()) {
    html += escape_html(text.substr(begin, found - begin));
    html += fmt::format("<span class=\"blank\">{}</span>", blank);
  }
  return html + escape_html(text.substr(begin));
}

// The class of a probe in the style sheet.
const char* style_of(const ProbeCourse& course) {
  switch (outcome_of(course)) {
    case ProbeOutcome::kept:
      return " kept";
    case ProbeOutcome::learned:
      return " learned";
    case ProbeOutcome::forgotten:
      return " forgotten";
    case ProbeOutcome::not_yet:
      return " not-yet";
    case ProbeOutcome::unmeasured:
      break;
  }
  return course.changed() ? " changed" : "";
}

std::string render_answers(const Phrase& heading, const ProbeRow& row) {
  std::string html = "<div class=\"answers\">\n" + element("h4", phrased(heading, count_text(row.step))) + "\n";
  if (row.answers.empty()) return html + element("p class=\"note\"", say::no_answer) + "\n</div>\n";
  html += "<ol>\n";
  for (const ProbeAnswer& answer : row.answers) {
    const bool is_right = row.right && row.right->text == answer.token;
    html += fmt::format(
        "<li{}>{} <span class=\"bar\"><span style=\"width:{:.1f}%\"></span></span> "
        "<span class=\"number\">{}</span></li>\n",
        is_right ? " class=\"right\"" : "", element("span class=\"token\"", answer_text(answer.token)),
        100 * share(answer.score), escape_html(percent_text(answer.score)));
  }
  return html + "</ol>\n</div>\n";
}

// The width of the answers' column in ems of the page's font: that of the longest answer, up to a maximum. Longer
// answers are broken into lines.
double token_width(const ProbeRow& before, const ProbeRow& after) {
  double widest = 2;
  for (const ProbeRow* row : {&before, &after}) {
    for (const ProbeAnswer& answer : row->answers) {
      double width = 0;
      for (const char c :
           answer.token) {  // a letter of one byte is about 0.65 em wide, three bytes are one sign of 1 em
        width += static_cast<unsigned char>(c) < 0x80 ? 0.65 : 0.34;
      }
      widest = std::max(widest, width);
    }
  }
  return std::min(widest, 8.0);
}

// Consecutive evaluations with the same first answer.
struct Run {
  std::string answer;
  Index first_step, last_step;
};
std::vector<Run> runs_of(const std::vector<const ProbeRow*>& rows) {
  std::vector<Run> runs;
  for (const ProbeRow* row : rows) {
    const std::string answer = first_answer(*row);
    if (runs.empty() || runs.back().answer != answer) runs.push_back({answer, row->step, row->step});
    runs.back().last_step = row->step;
  }
  return runs;
}

std::string in_words(const std::vector<Run>& runs) {
  const std::size_t skipped = runs.size() > most_runs ? runs.size() - most_runs : 0;
  std::string html;
  if (skipped > 0) html += element("li class=\"note\"", phrased(say::earlier, skipped)) + "\n";
  for (std::size_t i = skipped; i < runs.size(); ++i) {
    const Run& run = runs[i];
    std::string steps = count_text(run.first_step);
    if (run.last_step != run.first_step) steps += "–" + count_text(run.last_step);
    html += fmt::format("<li>{} {}</li>\n", element("b", answer_text(run.answer)),
                        element("span class=\"note\"", phrased(say::at_step, steps)));
  }
  return html;
}

// What columns_of() draws in an evaluation: the probability of the right answer, or of the first answer.
double column_score(const ProbeRow& row) {
  return row.right ? row.right->score : row.answers.empty() ? 0 : row.answers.front().score;
}

// Draws a column for each evaluation. Its height is the probability of the right answer, and columns in which it is the
// first one have a colour of their own. Without a right answer, the height is the probability of the first answer, and
// columns whose first answer equals the last one have its colour. Empty when no column would be seen.
std::string columns_of(const std::vector<const ProbeRow*>& rows) {
  constexpr double least_seen = 0.01;
  if (std::ranges::all_of(rows, [](const ProbeRow* row) { return share(column_score(*row)) < least_seen; })) return "";
  const std::size_t columns = std::min(rows.size(), most_course_columns);
  const double pitch = columns <= 20 ? 22 : 9, height = 40, width = pitch * static_cast<double>(columns);
  const std::string last = first_answer(*rows.back());
  const Text title = rows.back()->right ? phrased(say::column_of_right, answer_text(rows.back()->right->text))
                                        : Text(say::column_of_first);
  std::string svg = fmt::format(
      "<svg class=\"columns\" viewBox=\"0 0 {0:g} {1:g}\" width=\"{0:g}\" height=\"{1:g}\" role=\"img\">\n{2}\n", width,
      height, element("title", title));
  for (std::size_t i = 0; i < columns; ++i) {
    const ProbeRow& row = *rows[columns < 2 ? 0 : i * (rows.size() - 1) / (columns - 1)];
    const double score = column_score(row);
    const bool coloured = row.right ? row.right->rank == 1 : first_answer(row) == last;
    const double tall = std::max(1.0, share(score) * height);
    const std::string step = count_text(row.step), percent = percent_text(score);
    const Text column = row.right ? phrased(say::column_rank, step, count_text(row.right->rank), percent)
                                  : phrased(say::column_answer, step, answer_text(first_answer(row)), percent);
    svg += fmt::format("<rect class=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\">{}</rect>\n",
                       coloured ? "same" : "other", pitch * static_cast<double>(i), height - tall, pitch - 2, tall,
                       element("title", column));
  }
  return svg + "</svg>\n";
}

std::string right_text(const ProbeRow& row) {
  return row.right ? row.right->text : "";
}

}  // namespace

bool ProbeCourse::changed() const {
  return first_answer(*rows.front()) != first_answer(*rows.back());
}

ProbeOutcome outcome_of(const ProbeCourse& course) {
  const auto &before = course.rows.front()->right, &after = course.rows.back()->right;
  if (!before || !after || course.rows.size() < 2) return ProbeOutcome::unmeasured;
  if (after->rank == 1) return before->rank == 1 ? ProbeOutcome::kept : ProbeOutcome::learned;
  return before->rank == 1 ? ProbeOutcome::forgotten : ProbeOutcome::not_yet;
}

Text name_of(ProbeOutcome outcome) {
  switch (outcome) {
    case ProbeOutcome::kept:
      return say::known_before;
    case ProbeOutcome::learned:
      return say::learned;
    case ProbeOutcome::forgotten:
      return say::forgotten;
    case ProbeOutcome::not_yet:
      return say::not_yet;
    case ProbeOutcome::unmeasured:
      break;
  }
  return "";
}

std::vector<Text> probe_advice(const std::vector<ProbeCourse>& courses) {
  std::vector<Text> advice;
  bool never_right = false;
  Text lost;
  for (const ProbeCourse& course : courses) {
    if (outcome_of(course) != ProbeOutcome::not_yet) continue;
    const auto last_right = std::ranges::find_if(course.rows.rbegin(), course.rows.rend(),
                                                 [](const ProbeRow* row) { return row->right->rank == 1; });
    if (last_right == course.rows.rend()) {
      never_right = true;
      continue;
    }
    if (!lost.empty()) lost += say::semicolon;
    lost +=
        phrased(say::lost_again_item, course.rows.back()->right->text, course.text, count_text((*last_right)->step));
  }
  if (!lost.empty()) advice.push_back(phrased(say::advice_lost_again, lost));
  if (never_right) advice.emplace_back(say::advice_not_yet);
  if (std::ranges::count(courses, ProbeOutcome::forgotten, outcome_of) > 0) advice.emplace_back(say::advice_forgotten);
  return advice;
}

Text outcome_counts(const std::vector<ProbeCourse>& courses) {
  struct Clause {
    ProbeOutcome outcome;
    const Phrase &one, &many;
  };
  const Clause kinds[] = {{ProbeOutcome::learned, say::was_learned, say::were_learned},
                          {ProbeOutcome::kept, say::was_known, say::were_known},
                          {ProbeOutcome::forgotten, say::was_forgotten, say::were_forgotten},
                          {ProbeOutcome::not_yet, say::is_not_learned, say::are_not_learned}};
  const auto count = [&](ProbeOutcome outcome) { return std::ranges::count(courses, outcome, outcome_of); };
  const auto all = std::ssize(courses) - count(ProbeOutcome::unmeasured);
  if (all == 0) return {};
  Text clauses;
  for (const Clause& kind : kinds) {
    const auto number = count(kind.outcome);
    if (number == 0 && kind.outcome != ProbeOutcome::learned) continue;
    if (!clauses.empty()) clauses += say::comma;
    clauses += phrased(number == 1 ? kind.one : kind.many, number);
  }
  return phrased(all == 1 ? say::one_right_answer : say::right_answers, all, clauses);
}

std::vector<ProbeCourse> probe_courses(const TrainingHistory& history) {
  std::vector<ProbeCourse> courses;
  for (const ProbeRow& row : history.probes) {
    // The same text with another right answer is another probe: one answer may be learned and the other forgotten.
    auto course = std::ranges::find_if(courses, [&](const ProbeCourse& other) {
      return other.text == row.text && right_text(*other.rows.front()) == right_text(row);
    });
    if (course == courses.end()) course = courses.insert(course, {row.text, {}});
    // A probe that was given twice is asked twice at each step, but shown once.
    if (course->rows.empty() || course->rows.back()->step != row.step) course->rows.push_back(&row);
  }
  return courses;
}

std::string first_answer(const ProbeRow& row) {
  return row.answers.empty() ? "" : row.answers.front().token;
}

std::string render_probe(const ProbeCourse& course) {
  const ProbeRow& before = *course.rows.front();
  const ProbeRow& after = *course.rows.back();
  std::string html =
      fmt::format("<article class=\"probe{}\">\n<h3>{}</h3>\n", style_of(course), with_blanks(course.text));
  if (const ProbeOutcome outcome = outcome_of(course); outcome != ProbeOutcome::unmeasured) {
    html += fmt::format(
        "<p class=\"change\">{} {}: {}, {} → {}</p>\n", element("span class=\"badge\"", name_of(outcome)),
        element("b", answer_text(after.right->text)),
        element("span", phrased(say::rank_change, count_text(before.right->rank), count_text(after.right->rank))),
        escape_html(percent_text(before.right->score)), escape_html(percent_text(after.right->score)));
  } else if (course.changed()) {
    html +=
        fmt::format("<p class=\"change\">{} {} → {}</p>\n", element("span class=\"badge\"", say::changed),
                    element("span", answer_text(first_answer(before))), element("b", answer_text(first_answer(after))));
  }
  html += fmt::format("<div class=\"pair\" style=\"--token:{:.1f}em\">\n", token_width(before, after));
  html += render_answers(say::before_step, before);
  if (course.rows.size() > 1) html += render_answers(say::after_step, after);
  html += "</div>\n";
  if (course.rows.size() > 2) {
    const std::string columns = columns_of(course.rows);
    const Text heading = after.right && !columns.empty()
                             ? phrased(say::right_answer_course, answer_text(after.right->text))
                             : Text(say::first_answer_course);
    html += "<div class=\"course\">\n" + element("h4", heading) + "\n" + columns;
    html += "<ol>\n" + in_words(runs_of(course.rows)) + "</ol>\n</div>\n";
  }
  return html + "</article>\n";
}

}  // namespace mini_bert
