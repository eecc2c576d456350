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
  CHECK_THAT(page, ContainsSubstring(">Do not overlook</h2>\n<ul>\n<li>The loss &lt;rose&gt;</li>"));
  CHECK(page.find(">Do not overlook<") < page.find(">Probes</h2>"));
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
  CHECK_THAT(page(0.002), !ContainsSubstring("<svg") && ContainsSubstring(">First answer at every evaluation</h4>"));
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

TEST_CASE("report: an answer that was right for a while is not advised to be trained longer") {
  TrainingHistory history;
  const auto ask = [&](const std::string& text, std::initializer_list<Index> ranks) {
    Index step = 0;
    for (const Index rank : ranks) history.probes.push_back({step++, text, {{"x", 0.5}}, RightAnswer{"好", rank, 0.1}});
  };
  ask("我们很[MASK]", {2, 1, 1, 4});
  std::vector<Text> advice = probe_advice(probe_courses(history));
  REQUIRE(advice.size() == 1);
  CHECK_THAT(advice[0].english(),
             ContainsSubstring("lost again: 好 in 我们很[MASK] was the first answer at step 2. End earlier"));
  ask("天[MASK]", {9, 8, 7, 6});
  advice = probe_advice(probe_courses(history));
  REQUIRE(advice.size() == 2);
  CHECK_THAT(advice[1].english(), ContainsSubstring("Not learned yet: train longer"));
}

TEST_CASE("report: probes without a right answer are told how to give one") {
  const auto page = [](std::optional<RightAnswer> right) {
    TrainingHistory history;
    for (const Index step : {0, 1}) history.probes.push_back({step, "[MASK]", {{"x", 0.5}}, right});
    return render_report(sample_report(history));
  };
  CHECK_THAT(page({}), ContainsSubstring("A probe that ends in its right answer"));
  CHECK_THAT(page(RightAnswer{"x", 1, 0.5}), !ContainsSubstring("A probe that ends in its right answer"));
}

}  // namespace mini_bert
