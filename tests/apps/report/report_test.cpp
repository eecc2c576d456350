#include "apps/report/report.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "apps/report/html.h"
#include "apps/report/report_probes.h"
#include "apps/report/text.h"
#include "tests/apps/report/markup.h"
#include "tests/apps/report/sample_report.h"
#include "tests/catch.h"

namespace mini_bert {
namespace {

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// What holds for every page.
Markup checked(const Report& report) {
  const std::string html = render_report(report);
  Markup markup = read_markup(html);
  INFO(report.title);
  CHECK(markup.error == "");
  CHECK(outside_of_view_box(markup) == "");
  for (const char* outside : {"http:", "https:", "url(", "@import", "<script ", "<link", "<img", "src=", "href="}) {
    INFO(outside);
    CHECK_FALSE(contains(html, outside));
  }
  CHECK(std::ranges::count(markup.tags, "script", &Tag::name) == 1);
  CHECK_FALSE(contains(markup.text, "nan"));
  CHECK_FALSE(contains(markup.text, "inf"));
  for (std::size_t i = 0; i < markup.tags.size(); ++i) {
    const Tag& tag = markup.tags[i];
    if (tag.name == "th") CHECK(tag.attribute("scope") != "");
    if (tag.name == "svg") {
      CHECK(tag.attribute("role") == "img");
      CHECK(markup.tags.at(i + 1).name == "title");
    }
  }
  return markup;
}

Markup checked(const TrainingHistory& history) {
  return checked(Report{"a run", "", {}, {}, history, ""});
}

TEST_CASE("report: the sample page says what happened") {
  const TrainingHistory history = sample_history();
  const Markup page = checked(sample_report(history));
  CHECK_THAT(page.text, ContainsSubstring("data/zhugetao/train.json on models/mini-bert-zh"));
  CHECK_THAT(page.text, ContainsSubstring("completed in 42 s"));
  CHECK_THAT(
      page.text,
      ContainsSubstring("In 300 steps (3 epochs) the training loss fell from " +
                        loss_text(history.training.front().loss) + " to " + loss_text(history.training.back().loss) +
                        ", the validation perplexity fell from 403.4 to 20.33, and 2 of 3 probes changed their first "
                        "answer. The validation loss was lowest, 2.963 (perplexity 19.35), at step 240"));
  CHECK_THAT(page.text, ContainsSubstring("best: 2.963, step 240"));
  for (const TrainingRow& row : history.training) {
    INFO(row.step);
    CHECK(contains(page.text, loss_text(row.loss)));
    CHECK(contains(page.text, rate_text(row.learning_rate)));
  }
  for (const EvaluationRow& row : history.evaluations) {
    INFO(row.step);
    CHECK(contains(page.text, loss_text(row.loss)));
    CHECK(contains(page.text, perplexity_text(row.perplexity())));
  }
  CHECK_THAT(page.text, ContainsSubstring("国 → 茅"));
  CHECK_THAT(page.text, ContainsSubstring("86.0 %"));
  CHECK_THAT(page.text, ContainsSubstring("< 0.1 %"));
  CHECK_THAT(page.text, ContainsSubstring("1,240 tokens a second"));
  CHECK_THAT(page.text, ContainsSubstring("--learning-rate"));
  const auto count = [&page](const std::string& name, const std::string& style) {
    return std::ranges::count_if(page.tags,
                                 [&](const Tag& tag) { return tag.name == name && tag.attribute("class") == style; });
  };
  CHECK(count("article", "probe changed") == 2);
  CHECK(count("article", "probe") == 1);
  CHECK(count("tr", "best") == 1);
  CHECK(count("circle", "ring") == 2);  // of the wide and of the narrow chart
}

TEST_CASE("report: no text becomes markup") {
  TrainingHistory history = sample_history();
  const std::string nasty = "</title></style></td><script>alert(\"1\")</script><img src='x'> & &amp; \x01 end";
  for (ProbeRow& row : history.probes) {
    row.text = nasty + row.text;
    for (ProbeAnswer& answer : row.answers) answer.token += nasty;
  }
  const std::string html = render_report({nasty, nasty, {{nasty, nasty}}, {{nasty, nasty}}, history, nasty});
  const Markup page = read_markup(html);
  CHECK(page.error == "");
  CHECK(std::ranges::count(page.tags, "script", &Tag::name) == 1);  // the page's own
  CHECK_FALSE(contains(html, "<script>alert"));
  CHECK_FALSE(contains(html, "<img"));
  CHECK_FALSE(contains(html, "\x01"));
  CHECK_THAT(page.text, ContainsSubstring("<script>alert(\"1\")</script><img src='x'> & &amp; \uFFFD end三顾"));
  CHECK(escape_html("a<b>&\"'\n") == "a&lt;b&gt;&amp;&quot;&#39; ");
}

TEST_CASE("report: a run of any shape") {
  const TrainingHistory sample = sample_history();
  SECTION("nothing yet") {
    CHECK_THAT(checked(TrainingHistory{}).text, ContainsSubstring("Nothing has been trained yet."));
    CHECK_THAT(checked(TrainingHistory{}).text, ContainsSubstring("still running"));
  }
  SECTION("asked and evaluated once, before the first update") {
    TrainingHistory history;
    history.total_steps = 100;
    history.probes.assign(sample.probes.begin(), sample.probes.begin() + 3);
    history.evaluations.assign(sample.evaluations.begin(), sample.evaluations.begin() + 1);
    const Markup page = checked(history);
    CHECK_THAT(page.text, ContainsSubstring("asked only once"));
    CHECK_THAT(page.text, ContainsSubstring("Before, step 0"));
    CHECK_FALSE(contains(page.text, "After"));
  }
  SECTION("one row") {
    TrainingHistory history;
    history.step = 1;
    history.total_steps = 1'000;
    history.epoch = 0.0002;
    history.training = {{1, 0.0002, 8.3456, 1.2, 5e-5}};
    CHECK_THAT(checked(history).text,
               ContainsSubstring("After 1 of 1,000 steps (0.0002 epochs) the training loss is 8.346."));
  }
  SECTION("no validation texts") {
    TrainingHistory history = sample;
    history.evaluations.clear();
    history.best_step.reset();
    const Markup page = checked(history);
    CHECK_THAT(page.text, ContainsSubstring("Without validation texts"));
    CHECK_FALSE(contains(page.text, "Perplexity,"));
  }
  SECTION("no probes") {
    TrainingHistory history = sample;
    history.probes.clear();
    const Markup page = checked(history);
    CHECK_FALSE(contains(page.text, "Probes"));
    CHECK_THAT(page.text, ContainsSubstring(" and the validation perplexity fell"));
  }
  SECTION("a probe without an answer, and answers that are no probabilities") {
    TrainingHistory history = sample;
    history.probes = {{0, "[MASK]", {}}, {10, "[MASK]", {{"", 7}}}, {20, "[MASK]", {{"x", -1}, {"y", 1e-9}}}};
    const Markup page = checked(history);
    CHECK_THAT(page.text, ContainsSubstring("No answer."));
    CHECK_THAT(page.text, ContainsSubstring("the probe changed its first answer"));
  }
  SECTION("huge numbers") {
    TrainingHistory history = sample;
    history.step = 1'200'000'000;
    history.total_steps = 2'000'000'000;
    history.epoch = 12345;
    for (TrainingRow& row : history.training) {
      row.step *= 4'000'000;
      row.loss *= 1e30 * row.loss;
      row.grad_norm = std::exp(100 * row.grad_norm);
      row.learning_rate *= 1e12;
    }
    for (EvaluationRow& row : history.evaluations) {
      row.step *= 4'000'000;
      row.loss *= 1'000;
    }
    CHECK_THAT(checked(history).text, ContainsSubstring("the validation perplexity stayed at ∞"));
    history.training[3].loss = std::numeric_limits<double>::max();
    history.training[4].loss = std::numeric_limits<double>::denorm_min();
    checked(history);
  }
  SECTION("thousands of rows and long texts") {
    TrainingHistory history = sample;
    history.step = history.total_steps = 9'000;
    for (Index step = 301; step <= 9'000; ++step) {
      history.training.push_back({step, step * 0.01, 2 + std::sin(double(step * step)), 1, 1e-5});
      history.evaluations.push_back({step, step * 0.01, 3 + std::sin(double(step))});
      std::string text(5'000, 'x');
      if (step % 10 == 0) {
        history.probes.push_back({step, text + "[MASK]", {{step % 20 == 0 ? text : "诸葛", 0.5}}});
      }
    }
    const std::string html = render_report({std::string(3'000, 't'), "", {}, {}, history, ""});
    CHECK(read_markup(html).error == "");
    CHECK_THAT(html, ContainsSubstring("<summary data-zh=\"8,761 行\">8,761 rows</summary>"));
    for (const Tag& tag : checked(history).tags) {
      if (tag.name == "polyline") CHECK(numbers(tag.attribute("points")).size() <= 800);
      if (tag.name == "ol") CHECK(tag.attributes.empty());
    }
  }
}

TEST_CASE("report: probes keep their order and are asked once a step") {
  TrainingHistory history;
  history.probes = {{0, "b", {{"x", 1}}}, {0, "a", {{"y", 1}}}, {0, "b", {{"x", 1}}},
                    {9, "b", {{"z", 1}}}, {9, "a", {{"y", 1}}}, {9, "b", {{"z", 1}}}};
  const std::vector<ProbeCourse> courses = probe_courses(history);
  REQUIRE(courses.size() == 2);
  CHECK(courses[0].text == "b");
  CHECK(courses[0].rows.size() == 2);
  CHECK(courses[0].changed());
  CHECK_FALSE(courses[1].changed());
}

TEST_CASE("report: the verdict claims nothing that did not happen") {
  TrainingHistory history;
  history.step = history.total_steps = 20;
  history.epoch = 1;
  history.training = {{10, 0.5, 2, 1, 1e-5}, {20, 1, 3, 1, 1e-5}};
  CHECK(report_verdict(history) == "In 20 steps (1 epoch) the training loss rose from 2.000 to 3.000.");
  history.training[1].loss = 2.00001;
  history.evaluations = {{0, 0, std::log(50.0)}, {20, 1, std::log(40.0)}};
  CHECK(report_verdict(history) ==
        "In 20 steps (1 epoch) the training loss stayed at 2.000 and the validation perplexity fell from 50.00 to "
        "40.00.");
  history.probes = {{0, "a", {{"x", 1}}}, {0, "b", {{"x", 1}}}, {20, "a", {{"x", 1}}}, {20, "b", {{"x", 1}}}};
  CHECK_THAT(report_verdict(history), ContainsSubstring(", and no probe changed its first answer."));
}

TEST_CASE("numbers as people read them") {
  CHECK(count_text(0) == "0");
  CHECK(count_text(-123) == "-123");
  CHECK(count_text(-123456) == "-123,456");
  CHECK(count_text(5397248) == "5,397,248");
  CHECK(loss_text(2.1126) == "2.113");
  CHECK(loss_text(0) == "0.000");
  CHECK(loss_text(1.25e-7) == "1.2e-07");
  CHECK(loss_text(3e20) == "3.0e+20");
  CHECK(perplexity_text(8.274) == "8.27");
  CHECK(perplexity_text(99.996) == "100.0");
  CHECK(perplexity_text(999.96) == "1,000");
  CHECK(perplexity_text(1.2e9) == "1.2e+09");
  CHECK(perplexity_text(std::numeric_limits<double>::infinity()) == "∞");
  CHECK(epoch_text(3) == "3");
  CHECK(epoch_text(0.25) == "0.25");
  CHECK(epoch_text(0.00123) == "0.0012");
  CHECK(epoch_text(12345) == "12,345");
  CHECK(rate_text(1.2e-4) == "1.2e-04");
  CHECK(rate_text(0) == "0");
  CHECK(percent_text(0.4312) == "43.1 %");
  CHECK(percent_text(0) == "0.0 %");
  CHECK(percent_text(1e-5) == "< 0.1 %");
}

TEST_CASE("the reader of markup objects to what is wrong") {
  CHECK(read_markup("<p>a<br /></p>").error == "");
  CHECK(read_markup("<p><b></p></b>").error == "</p> ends <b>");
  CHECK(read_markup("<p>").error == "<p> is never ended");
  CHECK(read_markup("<p class=a></p>").error != "");
  CHECK(read_markup("<p>a & b</p>").error == "a bare &");
  CHECK(outside_of_view_box(read_markup("<svg viewBox=\"0 0 9 9\"><circle cx=\"10\" cy=\"1\" /></svg>")) != "");
  CHECK(outside_of_view_box(read_markup("<svg viewBox=\"0 0 9 9\"><polyline points=\"1,1 nan,2\" /></svg>")) != "");
}

}  // namespace

TEST_CASE("report: probes with a right answer are learned, kept, forgotten or not yet, and say so") {
  TrainingHistory history;
  history.step = history.total_steps = 20;
  history.epoch = history.epochs = 1;
  struct Case {
    const char* text;
    Index before, after;
    const char *style, *word;
  };
  const std::vector<Case> cases = {{"a[MASK]", 9, 1, "probe learned", "learned"},
                                   {"b[MASK]", 1, 1, "probe kept", "known before"},
                                   {"c[MASK]", 1, 4, "probe forgotten", "forgotten"},
                                   {"d[MASK]", 1200, 3, "probe not-yet", "not yet"}};
  for (const Index step : {Index{0}, Index{10}, Index{20}}) {
    for (const Case& c : cases) {
      const Index rank = step < 20 ? c.before : c.after;
      history.probes.push_back({step,
                                c.text,
                                {{rank == 1 ? "橙" : "黄", 0.5}, {"x", 0.1}},
                                RightAnswer{"橙", rank, 1.0 / static_cast<double>(rank + 1)}});
    }
    history.probes.push_back({step, "e[MASK]", {{step < 20 ? "x" : "y", 0.5}}});  // nobody says what is right
  }
  const std::vector<ProbeCourse> courses = probe_courses(history);
  REQUIRE(courses.size() == 5);
  const std::string page = render_report(sample_report(history));
  for (std::size_t i = 0; i < cases.size(); ++i) {
    INFO(cases[i].text);
    CHECK(name_of(outcome_of(courses[i])).english() == cases[i].word);
    const std::string html = render_probe(courses[i]);
    CHECK_THAT(html, ContainsSubstring(std::string("<article class=\"") + cases[i].style + "\">") &&
                         ContainsSubstring(element("span class=\"badge\"", name_of(outcome_of(courses[i])))));
    CHECK_THAT(page, ContainsSubstring(html));
  }
  CHECK_THAT(render_probe(courses[3]), ContainsSubstring("rank 1,200 → 3") && ContainsSubstring("Probability of 橙"));
  CHECK(outcome_of(courses[4]) == ProbeOutcome::unmeasured);
  CHECK_THAT(render_probe(courses[4]), ContainsSubstring("<article class=\"probe changed\">"));
  CHECK_THAT(
      report_verdict(history),
      ContainsSubstring("of 4 right answers 1 was learned, 1 was known before, 1 was forgotten, 1 is not learned yet"));
  CHECK(probe_advice(courses).size() == 2);
  CHECK_THAT(page, ContainsSubstring("Not learned yet: ") && ContainsSubstring("Forgotten: "));
  // Green means right: the colours of a wrong or forgotten answer are others than those of a learned one.
  for (const char* colour : {"--learned:", "--forgotten:", "--waiting:"}) CHECK_THAT(page, ContainsSubstring(colour));
}

}  // namespace mini_bert
