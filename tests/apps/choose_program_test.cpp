// The task choose, from the flags of mini_bert_train to the answers of mini_bert_predict.
#include <nlohmann/json.hpp>

#include "tests/apps/bad_input.h"

using namespace mini_bert;
using namespace mini_bert::testing;
using nlohmann::json;

namespace {

constexpr const char* swag =
    "sent1,sent2,ending0,ending1,ending2,label\n"
    "诸葛亮,字,孔明,子澜,山水,0\n诸葛涛,字,孔明,子澜,天地,1\n三国,有,日月,人物,蜀相,1\n";

std::string c3() {
  const auto question = [](const char* text, const json& choices, const char* answer) {
    return json{{"question", text}, {"choice", choices}, {"answer", answer}};
  };
  return json::array({json::array({{"诸葛亮，", "字孔明"},
                                   {question("字", {"孔明", "子澜"}, "孔明"), question("有", {"山", "水", "葛"}, "葛")},
                                   "1"}),
                      json::array({{"天地日月"}, {question("是", {"云", "天"}, "天")}, "2"})})
      .dump();
}

std::string trained(const ProgramFolder& shop, const std::string& flags) {
  const Outcome outcome =
      shop.run("mini_bert_train --task choose --model model --output out --learning-rate 0.01 " + flags);
  INFO(outcome.out << outcome.err);
  REQUIRE(outcome.exit_code == 0);
  return outcome.out;
}

}  // namespace

TEST_CASE("choose: trained on the columns of SWAG, reported, asked", "[apps]") {
  const ProgramFolder shop;
  write_file(shop.path() / "train.csv", swag);
  const std::string shown = trained(shop,
                                    "--train train.csv --validation train.csv --epochs 60 --batch-size 2 --load-best "
                                    "--metric-for-best-model accuracy");
  for (const char* part : {"3 texts", "new, random weights", "classifier.weight", "result      accuracy",
                           "mini_bert_predict choose --model out --context"}) {
    CHECK_THAT(shown, ContainsSubstring(part));
  }
  const json config = json::parse(read_file(shop.path() / "out/config.json"));
  CHECK(config.at("architectures") == json{"BertForMultipleChoice"});
  const std::string report = read_file(shop.path() / "out/report.html");
  CHECK_THAT(report,
             ContainsSubstring("How much the right choices surprise the model") && ContainsSubstring("accuracy"));
  CHECK(report.find("masks") == std::string::npos);
  CHECK(report.find("Confusion") == std::string::npos);

  const std::vector<json> answers =
      json_lines(shop.run("mini_bert_predict choose --model out --json --file train.csv"));
  REQUIRE(answers.size() == 3);
  const char* const right[] = {"孔明", "子澜", "人物"};
  for (std::size_t i = 0; i < 3; ++i) {
    REQUIRE(answers[i].size() == 3);
    CHECK(answers[i][0].at("label") == right[i]);
    CHECK(answers[i][0].size() == 2);
    CHECK(answers[i][0].at("score") > answers[i][1].at("score"));
  }
  CHECK_THAT(shop.run("mini_bert_predict choose --model out --file train.csv").out,
             ContainsSubstring("诸葛亮\n字\n") && ContainsSubstring("%  孔明\n"));
}

TEST_CASE("choose: C3, asked by flags, by texts and by lines", "[apps]") {
  const ProgramFolder shop;
  write_file(shop.path() / "c3.json", c3());
  trained(shop, "--train c3.json --validation c3.json --epochs 80 --batch-size 3");
  const std::string ask = "mini_bert_predict choose --model out --json ";
  std::vector<json> answers = json_lines(shop.run(ask + "--file c3.json"));
  REQUIRE(answers.size() == 3);
  for (json& answer : answers) {
    CHECK(answer.at("id").is_string());  // of the dialogue
    answer = json(answer.at("result"));
  }
  CHECK(answers[0][0].at("label") == "孔明");
  CHECK(answers[1].size() == 3);
  CHECK(answers[1][0].at("label") == "葛");
  CHECK(answers[2][0].at("label") == "天");

  const json by_flags = json_lines(shop.run(ask + "--context '诸葛亮， 字孔明' --question 字 孔明 子澜")).at(0);
  CHECK(without_last_digits(by_flags) == without_last_digits(answers[0]));
  const json by_text = json_lines(shop.run(ask + "\"$(printf '天地日月\\t云\\t天')\"")).at(0);
  const json by_line = json_lines(shop.run("printf '天地日月\\t云\\t天\\n' | " + ask)).at(0);
  CHECK(without_last_digits(by_line) == without_last_digits(by_text));
  CHECK(by_text.size() == 2);
}

TEST_CASE("choose: check says where the right choices stand", "[apps]") {
  const ProgramFolder shop;
  write_file(shop.path() / "train.csv", swag);
  const Outcome shown = shop.run("mini_bert_train --check --task choose --model model --train train.csv");
  INFO(shown.out << shown.err);
  REQUIRE(shown.exit_code == 0);
  for (const char* part : {"3 texts", "choice 2           2", "nothing to validate with"}) {
    CHECK_THAT(shown.out, ContainsSubstring(part));
  }
}

TEST_CASE("choose: bad input gets one line, exit code 1, and nothing is written", "[apps]") {
  const std::vector<Case> cases = {
      {"texts without choices", "$T --task choose", {"train.json: line 1", "a bare text"}},
      {"answer out of range",
       "$T --task choose --train a.csv",
       {"a.csv: line 2", "\"2\"", "0 to 1"},
       [](const fs::path& f) { write_file(f / "a.csv", "context,choice0,choice1,label\n三,国,人,2\n"); }},
      {"question without an answer",
       "$T --task choose --train a.json",
       {"a.json: question 1", "the answer is missing"},
       [](const fs::path& f) {
         write_file(f / "a.json", R"([[["三"], [{"question": "国", "choice": ["人", "物"]}]]])");
       }},
      {"batch smaller than a question",
       "$T --task choose --train a.csv --batch-tokens 8",
       {"batch", "8", "10 tokens"},
       [](const fs::path& f) { write_file(f / "a.csv", "context,choice0,choice1,label\n三,国,人,1\n"); }},
      {"choices from random weights",
       "mini_bert_train --config model/config.json --vocab model/vocab.txt --task choose --train a.csv --output out",
       {"--config goes with --task mlm or pretrain", "name a --model"}},
      {"labels of choices", "$T --task choose --label-column x", {"--label-column goes with --task classify or tag"}},
      {"choose with a model of masked words",
       "mini_bert_predict choose --model model '三\t国\t人'",
       {"not to choose among answers", "mini_bert_train --task choose"}},
      {"one choice", "mini_bert_predict choose --model model --question 谁 国", {"two choices at least"}},
  };
  for (const Case& bad : cases) check_bad_input(bad);
}
