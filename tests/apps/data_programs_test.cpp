// What people's data files look like, from the flags of mini_bert_train to the answers of mini_bert_predict.
#include <nlohmann/json.hpp>

#include "tests/apps/program_testing.h"
#include "tests/catch.h"

using namespace mini_bert;
using namespace mini_bert::testing;
using nlohmann::json;

namespace {

class DataWorkshop : public ProgramFolder {
 public:
  // Runs mini_bert_train for one update and returns what it printed.
  std::string train(const std::string& flags) const {
    const Outcome outcome = run("mini_bert_train --overwrite --model model --output out --max-steps 1 " + flags);
    INFO(outcome.out << outcome.err);
    REQUIRE(outcome.exit_code == 0);
    return outcome.out;
  }
  std::string check(const std::string& flags) const {
    const Outcome outcome = run("mini_bert_train --check --model model " + flags);
    INFO(outcome.out << outcome.err);
    REQUIRE(outcome.exit_code == 0);
    return outcome.out;
  }
  // The answers of mini_bert_predict, one for each line.
  std::vector<json> predict(const std::string& flags) const {
    std::vector<json> answers = json_lines(run("mini_bert_predict " + flags + " --json"));
    for (json& answer : answers) answer = without_last_digits(std::move(answer));
    return answers;
  }
};

}  // namespace

TEST_CASE("the columns are decided once, printed, and read everywhere", "[apps]") {
  const DataWorkshop shop;
  write_file(shop.path() / "a.csv", "id,review,label\n1,大山水,1\n2,诸葛亮,0\n3,大山,1\n4,孔明,0\n");
  write_file(shop.path() / "b.csv", "id,review,label\n1,山水,1\n2,诸葛,0\n");
  const std::string columns = "text: column \"review\", label: column \"label\"";
  const std::string flags = "--task classify --train a.csv --validation b.csv";
  CHECK_THAT(shop.train(flags), ContainsSubstring(columns));
  const std::string checked = shop.check(flags);
  CHECK_THAT(checked, ContainsSubstring(columns));
  for (const char* part : {"first texts", "\"大山水\"", "\"诸葛亮\"", "5 the longest", "4 the longest"}) {
    CHECK_THAT(checked, ContainsSubstring(part));
  }
  const json as_json = json::parse(shop.check(flags + " --json"));
  CHECK(as_json.at("columns") == json{{"text", "review"}, {"pair", ""}, {"label", "label"}});
  CHECK(as_json.at("first_texts")[0] == "\"大山水\"");
  const auto answers = shop.predict("classify --model out 大山水 诸葛亮 大山 孔明");
  const auto rows = shop.predict("classify --model out --file a.csv");
  REQUIRE(rows.size() == 4);
  for (std::size_t i = 0; i < 4; ++i) CHECK(rows[i].at("result") == answers[i]);
  CHECK_THAT(shop.run("mini_bert_predict classify --model out --file a.csv").err,
             ContainsSubstring("a.csv: text: column \"review\""));
  CHECK_THAT(shop.train("--train a.csv"), ContainsSubstring("text: column \"review\""));

  write_file(shop.path() / "pairs.csv", "sentence1,sentence2,label\n大山水,诸葛亮,1\n诸葛亮,大山水,0\n");
  CHECK_THAT(shop.train("--task classify --train pairs.csv"),
             ContainsSubstring("text: column \"sentence1\", second text: column \"sentence2\""));
  CHECK(shop.predict("classify --model out --file pairs.csv") ==
        shop.predict("classify --model out --pairs '大山水\t诸葛亮' '诸葛亮\t大山水'"));
  const Outcome unclear = shop.run("mini_bert_train --model model --output new --train pairs.csv");
  CHECK(unclear.exit_code == 1);
  CHECK_THAT(unclear.err,
             ContainsSubstring("\"sentence1\", \"sentence2\" could hold the text; choose one with --text-column"));

  write_file(shop.path() / "a.txt", "1\t大山水\n0\t诸葛亮\n");
  CHECK_THAT(shop.train("--task classify --train a.txt"),
             ContainsSubstring("text: part 2 of each line, label: part 1 of each line"));
  CHECK(shop.predict("classify --model out --file a.txt") == shop.predict("classify --model out 大山水 诸葛亮"));
}

TEST_CASE("a row in, an answer out; training says which rows it leaves out", "[apps]") {
  const DataWorkshop shop;
  write_file(shop.path() / "train.csv", "text,label\n大山水,1\n诸葛亮,0\n\"\",1\n");
  CHECK_THAT(shop.train("--task classify --train train.csv"),
             ContainsSubstring("train.csv: 1 of 3 rows has no text and is left out (the first in line 4)"));
  for (const auto& [name, bytes] : std::vector<std::pair<std::string, std::string>>{
           {"x.csv", "text\n大山\n\"\"\n水天\n"},
           {"x.txt", "大山\n\n水天\n"},
           {"x.jsonl", "{\"text\":\"大山\"}\n{\"text\":null}\n{\"text\":\"水天\"}\n"},
           {"x.json", "[\"大山\",\"\",\"水天\"]"}}) {
    CAPTURE(name);
    write_file(shop.path() / name, bytes);
    const auto answers = shop.predict("classify --model out --file " + name);
    REQUIRE(answers.size() == 3);
    CHECK(answers[1] == json{{"error", "the text is empty"}});
    CHECK(shop.predict("embed --model model --file " + name).size() == 3);
    CHECK(shop.predict("score --model model --file " + name).size() == 3);
  }
}

TEST_CASE("with --json the id of a row comes back, as that of a request does", "[apps]") {
  const DataWorkshop shop;
  write_file(shop.path() / "train.csv", "text,label\n大山水,1\n诸葛亮,0\n");
  shop.train("--task classify --train train.csv");
  const std::vector<json> right = shop.predict("classify --model out 大山 水天");
  for (const auto& [name, bytes, ids] : std::vector<std::tuple<std::string, std::string, std::vector<json>>>{
           {"x.csv", "id,text\n007,大山\nb,水天\n", {"007", "b"}},
           {"x.tsv", "text\tguid\n大山\t1\n水天\t2\n", {"1", "2"}},
           {"x.jsonl", "{\"idx\":7,\"text\":\"大山\"}\n{\"text\":\"水天\",\"idx\":\"b\"}\n", {7, "b"}},
           {"x.json", R"([{"qid":{"a":1},"text":"大山"},{"qid":null,"text":"水天"}])", {{{"a", 1}}, nullptr}}}) {
    CAPTURE(name);
    write_file(shop.path() / name, bytes);
    const auto answers = shop.predict("classify --model out --file " + name);
    REQUIRE(answers.size() == 2);
    for (std::size_t i : {0u, 1u}) CHECK(answers[i] == json{{"id", ids[i]}, {"result", right[i]}});
    const Outcome plain = shop.run("mini_bert_predict classify --model out --file " + name);
    CHECK_THAT(plain.out, ContainsSubstring("大山\n  ") && !ContainsSubstring("id"));
  }
  write_file(shop.path() / "bad.jsonl", "{\"id\":7,\"text\":[1]}\n{\"text\":\"水天\"}\n{\"id\":9,\"text\":\"\"}\n");
  const auto bad = shop.predict("classify --model out --file bad.jsonl --text-column text");
  REQUIRE(bad.size() == 3);
  CHECK(bad[0].at("id") == 7);
  CHECK_THAT(bad[0].at("error"), ContainsSubstring("column \"text\" is an array"));
  CHECK(bad[1] == right[1]);
  CHECK(bad[2] == json{{"id", 9}, {"error", "the text is empty"}});

  const std::string question = R"({"id":7,"context":"诸葛亮字孔明","question":"是","choices":["大","山"],"answer":0,)"
                               R"("answers":{"text":["孔明"],"answer_start":[4]}})";
  write_file(shop.path() / "q.jsonl", question + "\n{\"id\":\"b\",\"context\":5}\n");
  write_file(shop.path() / "train.jsonl", question + "\n");
  for (const std::string task : {"answer", "choose"}) {
    CAPTURE(task);
    shop.train("--task " + task + " --train train.jsonl");
    const auto answers = shop.predict(task + " --model out --file q.jsonl");
    REQUIRE(answers.size() == 2);
    CHECK(answers[0].at("id") == 7);
    CHECK(answers[0].contains("result"));
    CHECK(answers[1].at("id") == "b");
    CHECK(answers[1].contains("error"));
  }
}

TEST_CASE("predict tag: a file of words and tags is answered text by text", "[apps]") {
  const DataWorkshop shop;
  write_file(shop.path() / "t.txt", "诸 B-PER\n葛 I-PER\n\n大 O\n山 O\n");
  shop.train("--task tag --train t.txt");
  const std::vector<json> right = shop.predict("tag --model out '诸 葛' '大 山'");
  CHECK(shop.predict("tag --model out --file t.txt") == right);
  CHECK_THAT(shop.run("mini_bert_predict tag --model out --file t.txt").err,
             ContainsSubstring("t.txt: words, not texts; the words of each text are joined with blanks"));
  write_file(shop.path() / "w.jsonl", "{\"tokens\":[\"诸\",\"葛\"],\"id\":1}\n{\"tokens\":[\"大\",\"山\"]}\n");
  const auto words = shop.predict("tag --model out --file w.jsonl");
  REQUIRE(words.size() == 2);
  CHECK(words[0] == json{{"id", 1}, {"result", right[0]}});
  CHECK(words[1] == right[1]);
}

TEST_CASE("a broken row is answered by its reason, and the other rows by the model", "[apps]") {
  const DataWorkshop shop;
  write_file(shop.path() / "train.csv", "text,label\n大山水,1\n诸葛亮,0\n");
  shop.train("--task classify --train train.csv");
  const std::vector<json> right = shop.predict("classify --model out 大山 水天");
  for (const auto& [name, bytes, reason] : std::vector<std::array<std::string, 3>>{
           {"x.csv", "text,label\n大山,1\n大,山,水\n水天,0\n", "x.csv: row 2 (line 3) has 3 fields"},
           {"y.csv", "text,label\n大山,1\n\"大山,1\n\"水天\",0\n", "y.csv: line 3: the quote that begins here ends in"},
           {"x.txt", "大山\n大\xff\n水天\n", "x.txt: line 2: byte 0xff is not UTF-8"},
           {"x.jsonl", "{\"text\":\"大山\"}\n{\"text\":\n{\"text\":\"水天\"}\n", "x.jsonl: not JSON, line 2"},
           {"y.jsonl", "{\"text\":\"大山\"}\n{\"txt\":\"大\"}\n{\"text\":\"水天\"}\n",
            "y.jsonl: line 2: no column \"text\" (columns: txt); name another with --text-column"},
           {"x.json", "[\"大山\",7,\"水天\"]", "x.json: line 1: element 2 is a number"}}) {
    CAPTURE(name);
    write_file(shop.path() / name, bytes);
    const auto answers = shop.predict("classify --model out --file " + name);
    REQUIRE(answers.size() == 3);
    CHECK(answers[0] == right[0]);
    CHECK_THAT(answers[1].at("error"), ContainsSubstring(reason));
    CHECK(answers[2] == right[1]);
    const Outcome plain = shop.run("mini_bert_predict classify --model out --file " + name);
    CHECK(plain.exit_code == 1);
    CHECK_THAT(plain.err, ContainsSubstring(reason));
    CHECK_THAT(plain.out, ContainsSubstring("大山\n") && ContainsSubstring("水天\n"));
  }
}

TEST_CASE("questions of files: a broken one is counted by training and answered by its reason", "[apps]") {
  const DataWorkshop shop;
  const std::string question = R"({"id":1,"context":"诸葛亮字孔明","question":"是","choices":["大","山"],"answer":0,)"
                               R"("answers":{"text":["孔明"],"answer_start":[4]}})";
  std::string lines = question + "\n{\"context\":\n";
  for (int i = 0; i < 99; ++i) lines += question + "\n";
  write_file(shop.path() / "q.jsonl", lines);
  for (const std::string task : {"answer", "choose"}) {
    CAPTURE(task);
    CHECK_THAT(shop.train("--task " + task + " --train q.jsonl"),
               ContainsSubstring("q.jsonl: 1 of 101 rows cannot be used") && ContainsSubstring("line 2"));
    const auto answers = shop.predict(task + " --model out --file q.jsonl");
    REQUIRE(answers.size() == 101);
    CHECK_THAT(answers[1].at("error"), ContainsSubstring("line 2"));
    CHECK(answers[2] == answers[0]);
  }
}

TEST_CASE("an empty text on the command line is an error, beside texts that are answered", "[apps]") {
  const DataWorkshop shop;
  for (const std::string text : {"''", "' '", "　"}) {
    const Outcome outcome = shop.run("mini_bert_predict embed --model model " + text);
    CHECK(outcome.exit_code == 1);
    CHECK(outcome.out.empty());
    CHECK_THAT(outcome.err, ContainsSubstring("mini_bert_predict: the text is empty\n"));
  }
  const Outcome two = shop.run("mini_bert_predict embed --json --model model 大山 ''");
  CHECK(two.exit_code == 1);
  CHECK_THAT(two.out, ContainsSubstring("]\n{\"error\":\"the text is empty\"}\n"));
}

TEST_CASE("several labels as vectors; tags of spans with both kinds of F1; questions as lines", "[apps]") {
  const DataWorkshop shop;
  write_file(shop.path() / "v.jsonl",
             "{\"text\":\"大山\",\"labels\":[0,1,1]}\n{\"text\":\"水天\",\"labels\":[1,0,1]}\n");
  CHECK_THAT(
      shop.train("--task classify --problem-type multi_label_classification --train v.jsonl"),
      ContainsSubstring("3 labels: LABEL_0, LABEL_1, LABEL_2") && ContainsSubstring("vectors of 3 zeros and ones"));

  write_file(shop.path() / "t.jsonl", "{\"text\":\"诸葛亮字孔明\",\"label\":[[0,3,\"PER\"],[4,6,\"PER\"]]}\n");
  CHECK_THAT(shop.train("--task tag --train t.jsonl --validation t.jsonl"),
             ContainsSubstring("3 labels: B-PER, I-PER, O") && ContainsSubstring("f1_strict"));

  const std::string line =
      R"({"id":1,"context":"诸葛亮字孔明","question":"是","answers":{"text":["孔明"],"answer_start":[4]}})";
  write_file(shop.path() / "q.json", line + "\n" + line + "\n");
  CHECK_THAT(shop.train("--task answer --train q.json"), ContainsSubstring("2 texts"));
  CHECK(shop.predict("answer --model out --file q.json").size() == 2);
}
