#include "apps/report/text.h"

#include <set>

#include "apps/report/report_verdict.h"
#include "apps/report/texts.h"
#include "tests/apps/report/markup.h"
#include "tests/apps/report/sample_report.h"
#include "tests/catch.h"

namespace mini_bert {
namespace {

constexpr std::size_t zh = 1;

std::string chinese(const std::string& english) {
  return translated(english).in(zh);
}

// The placeholders of a phrase, sorted: {0} {1}.
std::multiset<std::string> placeholders(const std::string& phrase) {
  std::multiset<std::string> found;
  for (std::size_t at = 0; (at = phrase.find('{', at)) != std::string::npos; ++at) found.insert(phrase.substr(at, 3));
  return found;
}

TEST_CASE("texts: every row has the same placeholders in every language, in order in English") {
  REQUIRE(std::string(report_languages[zh].code) == "zh");
  for (const Phrase& row : say::from_elsewhere) {
    INFO(row.front());
    for (const char* phrase : row) {
      REQUIRE(phrase != nullptr);
      CHECK(placeholders(phrase) == placeholders(row.front()));
    }
    std::size_t last = 0;
    for (const std::string& placeholder : placeholders(row.front())) {
      const std::size_t at = std::string(row.front()).find(placeholder);
      CHECK(at >= last);
      last = at;
    }
  }
}

TEST_CASE("texts: what the program writes in English is translated, and its values are kept") {
  CHECK(chinese("completed in 3 min 05 s") == "用时 3 min 05 s，已完成");
  CHECK(chinese("data/a b.json: 92 texts, 1,830 tokens") == "data/a b.json：92 句，1,830 个词元");
  CHECK(chinese("m/config.json, random weights: 4 layers × 256, 8,192 tokens, 5,397,248 parameters") ==
        "m/config.json，随机参数：4 层 × 256，词表 8,192，5,397,248 个参数");
  CHECK(chinese("80 updates of 8 texts, 20 epochs; learning rate 5.0e-04, linear; threads: 2") ==
        "80 次更新，每次 8 句，20 轮；学习率 5.0e-04，linear；线程 2 个");
  CHECK(chinese(
            "the model has not yet learned: 橙 in 猫叫[MASK] (rank 40 before, 12 now); 雷 in 打[MASK] (rank 4 before, "
            "3 now); and 2 more") ==
        "模型还没有学会：“猫叫[MASK]”里的“橙”（名次：之前 40，现在 12）；“打[MASK]”里的“雷”（名次：之前 4，现在 "
        "3）；还有 2 个");
  CHECK(chinese("a text that nobody translated {0}") == "a text that nobody translated {0}");
  CHECK(chinese("") == "");
  CHECK(translated("completed in 1 s").english() == "completed in 1 s");
}

TEST_CASE("texts: an element carries what it says in the other languages, escaped") {
  CHECK(element("h2", say::loss) == "<h2 data-zh=\"损失\">Loss</h2>");
  CHECK(element("p class=\"x\"", phrased(say::fell, "<1>", "\"2\"")) ==
        "<p class=\"x\" data-zh=\"从 &lt;1&gt; 降到 &quot;2&quot;\">fell from &lt;1&gt; to &quot;2&quot;</p>");
  CHECK(element("b", "茅") == "<b>茅</b>");
  CHECK(label_attributes(say::all_rows) == " aria-label=\"All rows\" data-zh-label=\"全部记录\"");
  CHECK(joined({"a", "b", "c"}).english() == "a, b, and c");
  CHECK(joined({"a", "b", "c"}).in(zh) == "a，b，c");
}

TEST_CASE("texts: the sample page in Chinese says what the English page says") {
  CHECK(
      verdict_of(sample_history()).in(zh) ==
      "训练 300 步（3 轮）：训练损失从 6.052 降到 2.135，验证困惑度从 403.4 降到 20.33，3 个问题中，2 个换了第一答案。"
      "验证损失在第 240 步最低，是 2.963（困惑度 19.35），后来又升高了。");
  const Markup page = read_markup(render_report(sample_report(sample_history())));
  std::size_t translations = 0;
  for (const Tag& tag : page.tags) translations += tag.attribute("data-zh").empty() ? 0U : 1U;
  CHECK(translations > 100);
  for (const Tag& tag : page.tags) {  // headings of the page's own are all translated
    if (tag.name == "h2" || tag.name == "figcaption") CHECK(tag.attribute("data-zh") != "");
  }
}

}  // namespace
}  // namespace mini_bert
