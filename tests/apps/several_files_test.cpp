// Training and validation data in several files, read as one.
#include "tests/apps/program_testing.h"
#include "tests/catch.h"

using namespace mini_bert;
using namespace mini_bert::testing;

namespace {

Outcome check_files(const ProgramFolder& folder, const std::string& flags) {
  const Outcome outcome = folder.run("mini_bert_train --check --model model " + flags);
  INFO(outcome.err);
  REQUIRE(outcome.exit_code == 0);
  return outcome;
}

}  // namespace

TEST_CASE("several files: a repeated flag and a list of names are all read", "[apps][several]") {
  const ProgramFolder folder;
  write_file(folder.path() / "a.txt", "三国人物\n诸葛亮\n");
  write_file(folder.path() / "b.txt", "天地日月\n山水\n三国人物");
  for (const char* flags : {"--train a.txt --train b.txt", "--train ?.txt", "--train_file a.txt b.txt a.txt"}) {
    CHECK_THAT(check_files(folder, flags).out,
               ContainsSubstring("training    a.txt, b.txt: 5 texts") &&
                   ContainsSubstring("repeated    line 3 of b.txt is the same as line 1 of a.txt"));
  }
  CHECK_THAT(check_files(folder, "--train a.txt --validation a.txt --validation b.txt").out,
             ContainsSubstring("validation  a.txt, b.txt: 5 texts") &&
                 ContainsSubstring("line 3 of b.txt of the validation is the same as training line 1"));
  const auto json = nlohmann::json::parse(check_files(folder, "--json --train a.txt b.txt --validation b.txt").out);
  CHECK(json["training"]["files"] == nlohmann::json{"a.txt", "b.txt"});
  CHECK(json["validation"]["files"] == nlohmann::json{"b.txt"});
  CHECK(json["training"]["repeats"] ==
        nlohmann::json{{{"file", "b.txt"}, {"line", 3}, {"first_file", "a.txt"}, {"first_line", 1}}});
  CHECK(json["in_both"][0] == nlohmann::json{{"line", 1}, {"training_file", "b.txt"}, {"training_line", 1}});
  const Outcome missing = folder.run("mini_bert_train --check --model model --train a.txt c.txt");
  CHECK(missing.exit_code == 1);
  CHECK_THAT(missing.err, ContainsSubstring("c.txt: "));

  const Outcome trained = folder.run("mini_bert_train --model model --train a.txt b.txt --output out --max-steps 2");
  INFO(trained.err);
  REQUIRE(trained.exit_code == 0);
  const auto arguments = nlohmann::json::parse(read_file(folder.path() / "out/arguments.json"));
  CHECK(arguments["train"] == nlohmann::json{"a.txt", "b.txt"});
  // The files of an arguments file are read too, and typed ones take their place.
  write_file(folder.path() / "arguments.json", R"({"train": ["a.txt", "b.txt"], "model": "model"})");
  const std::string from_file = "mini_bert_train --check --arguments arguments.json ";
  CHECK_THAT(folder.run(from_file).out, ContainsSubstring("a.txt, b.txt: 5 texts"));
  CHECK_THAT(folder.run(from_file + "--train b.txt").out, ContainsSubstring("training    b.txt: 3 texts"));
}

TEST_CASE("several files: columns are decided by the first, labels come from all", "[apps][several]") {
  const ProgramFolder folder;
  write_file(folder.path() / "a.csv", "id,review,stars,label\n1,三国人物天地日月,5,好\n2,诸葛亮字孔明,4,好\n");
  write_file(folder.path() / "b.csv", "label,review\n坏,山水风云\n好,天上人间\n");
  write_file(folder.path() / "c.csv", "label,comment\n坏,山水风云\n");
  const std::string task = "--task classify --text-column review --train ";
  CHECK_THAT(check_files(folder, task + "a.csv b.csv").out,
             ContainsSubstring("2 labels: 坏, 好") && ContainsSubstring("4 texts"));
  CHECK_THAT(check_files(folder, task + "a.csv b.csv --validation b.csv").out,
             ContainsSubstring("line 2 of the validation is the same as training line 2 of b.csv"));
  const Outcome other = folder.run("mini_bert_train --check --model model " + task + "a.csv c.csv");
  CHECK(other.exit_code == 1);
  CHECK_THAT(other.err, ContainsSubstring("c.csv: line 2: ") && ContainsSubstring("no column \"review\""));
}

TEST_CASE("several files: other tasks", "[apps][several]") {
  const ProgramFolder folder;
  write_file(folder.path() / "a.txt", "三国人物。\n诸葛亮。\n");
  write_file(folder.path() / "b.txt", "天地日月。\n山水风云。\n");
  CHECK(check_files(folder, "--task pretrain --train a.txt b.txt").exit_code == 0);  // one document each
  CHECK_THAT(folder.run("mini_bert_train --check --task pretrain --model model --train a.txt").err,
             ContainsSubstring("all training sentences are of one document") && ContainsSubstring("empty line"));
  write_file(folder.path() / "a.bio", "三 B-A\n国 O\n");
  write_file(folder.path() / "b.bio", "天 B-B\n地 O\n\n三 B-A\n国 O\n");
  CHECK_THAT(check_files(folder, "--task tag --train a.bio b.bio").out,
             ContainsSubstring("3 labels: B-A, B-B, O") &&
                 ContainsSubstring("text at line 4 of b.bio is the same as text at line 1 of a.bio"));
}
