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

}  // namespace mini_bert
