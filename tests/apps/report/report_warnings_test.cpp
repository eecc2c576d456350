#include "apps/report/report_probes.h"
#include "tests/apps/report/markup.h"
#include "tests/apps/report/sample_report.h"
#include "tests/catch.h"

namespace mini_bert {

TEST_CASE("report: what should not be overlooked stands at the top, as a text") {
  TrainingHistory history = sample_history();
  CHECK_THAT(render_report(sample_report(history)), !ContainsSubstring("Do not overlook"));
  history.warnings = {"the loss <rose>"};
  const std::string page = render_report(sample_report(history));
  CHECK_THAT(page, ContainsSubstring("<h2>Do not overlook</h2>\n<ul>\n<li>The loss &lt;rose&gt;</li>"));
  CHECK(page.find("Do not overlook") < page.find("<h2>Probes</h2>"));
  CHECK_NOTHROW(read_markup(page));
}

TEST_CASE("report: a probability too small to be seen is not drawn") {
  const auto page = [](double score) {
    TrainingHistory history;
    for (const Index step : {0, 1, 2}) {
      history.probes.push_back({step, "[MASK]", {{"x", 0.5}}, RightAnswer{"y", 900, score}});
    }
    return render_probe(probe_courses(history).front());
  };
  CHECK_THAT(page(0.02), ContainsSubstring("<svg") && ContainsSubstring("Probability of y, and the first answer"));
  CHECK_THAT(page(0.002), !ContainsSubstring("<svg") && ContainsSubstring("<h4>First answer at every evaluation"));
}

TEST_CASE("report: one text with two right answers is two probes: one learned, one forgotten") {
  TrainingHistory history;
  for (const Index step : {0, 1}) {
    for (const auto& [answer, rank] : {std::pair<const char*, Index>{"亮", 1 + step}, {"涛", 2 - step}}) {
      history.probes.push_back({step, "诸葛[MASK]", {{"x", 0.5}}, RightAnswer{answer, rank, 0.1}});
    }
  }
  const std::vector<ProbeCourse> courses = probe_courses(history);
  REQUIRE(courses.size() == 2);
  CHECK(outcome_of(courses[0]) == ProbeOutcome::forgotten);
  CHECK(outcome_of(courses[1]) == ProbeOutcome::learned);
}

}  // namespace mini_bert
