#include "apps/report/report_guard.h"

#include "apps/report/guard_changes.h"
#include "tests/apps/report/markup.h"
#include "tests/apps/report/sample_report.h"
#include "tests/catch.h"

using namespace mini_bert;

namespace {

// Three blanks: one kept, one lost, one gained.
TrainingHistory guarded_history() {
  TrainingHistory history = sample_history();
  history.guard_blanks = {"今天天气很[好]。", "<b>太阳</b>从东边升[起]来。", "冬天越来越[冷]了。"};
  history.guards = {{0, -1.5, {1, 1, 4}}, {150, -2, {1, 3, 2}}, {300, -2.25, {1, 12, 1}}};
  return history;
}

std::string page_of(const TrainingHistory& history) {
  const Markup page = read_markup(render_report(sample_report(history)));
  CHECK(page.error == "");
  return page.text;
}

}  // namespace

TEST_CASE("guard in the report: before, after, and what was lost and gained") {
  const std::string text = page_of(guarded_history());
  for (const char* shown : {"What was kept", "3 words", "Before, step 0", "After, step 300", "-1.500", "-2.250",
                            "66.7 %", "Lost: 1", "<b>太阳</b>从东边升[起]来。", "Gained: 1", "冬天越来越[冷]了。",
                            "the guard's right first answers stayed at 66.7 %"}) {
    CHECK_THAT(text, ContainsSubstring(shown));
  }
  CHECK(text.find("今天天气很[好]。") == std::string::npos);  // known before and after
}

TEST_CASE("guard in the report: only when there is one, and after a single score") {
  CHECK(render_guard(sample_history()) == "");
  TrainingHistory history = guarded_history();
  history.guards.resize(1);
  const std::string text = page_of(history);
  CHECK_THAT(text, ContainsSubstring("What was kept"));
  CHECK(text.find("Lost") == std::string::npos);
  CHECK(text.find("the guard's right first answers") == std::string::npos);
}

TEST_CASE("guard in the report: the verdict says which way it went") {
  TrainingHistory history = guarded_history();
  history.guards.back().ranks = {1, 12, 7};
  CHECK_THAT(guard_course(history).english(), ContainsSubstring("fell from 66.7 % to 33.3 %"));
  history.guards.back().ranks = {1, 1, 1};
  CHECK_THAT(guard_course(history).english(), ContainsSubstring("rose from 66.7 % to 100.0 %"));
}

TEST_CASE("guard changes: the furthest lost come first") {
  TrainingHistory history = guarded_history();
  history.guards.front().ranks = {1, 1, 1};
  history.guards.back().ranks = {2, 900, 1};
  const std::vector<GuardChange> lost = lost_answers(history);
  REQUIRE(lost.size() == 2);
  CHECK(lost[0].after == 900);
  CHECK(lost[1].text == "今天天气很[好]。");
  CHECK(gained_answers(history).empty());
  CHECK(lost_answers(TrainingHistory{}).empty());
}
