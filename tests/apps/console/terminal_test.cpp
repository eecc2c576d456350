#include "apps/console/terminal.h"

#include "apps/console/missing_model.h"
#include "apps/console/text_format.h"
#include "tests/apps/program_testing.h"
#include "tests/catch.h"

using namespace mini_bert;
using namespace mini_bert::testing;

TEST_CASE("terminal: a text that is cut fits, whatever is in it", "[apps]") {
  CHECK(fitted("abc", 3) == "abc");
  CHECK(fitted("abcd", 3) == "ab…");
  CHECK(fitted("三国人物", 8) == "三国人物");
  CHECK(fitted("三国人物", 7) == "三国人…");
  CHECK(fitted("三国人物", 6) == "三国…");
  for (std::size_t width = 1; width < 12; ++width) CHECK(display_width(fitted("a三b国c人物", width)) <= width);
}

TEST_CASE("terminal: lines are broken at spaces, and between Chinese characters", "[apps]") {
  CHECK(wrapped("one two three", 7) == "one two\nthree");
  CHECK(wrapped("one  two", 80) == "one two");
  CHECK(wrapped("三国人物", 5) == "三国\n人物");
  CHECK(wrapped("a-very-long-word b", 4) == "a-very-long-word\nb");
  CHECK(wrapped("", 4).empty());
}

TEST_CASE("terminal: rows go on below their last column", "[apps]") {
  CHECK(hanging("one two three", 4, 11) == "one two\n    three");
  CHECK(folded("  7.1 %  word      one two three\nshort  row\n", 28) ==
        "  7.1 %  word      one two\n                   three\nshort  row\n");
  CHECK(folded("  7.1 %  word            one two three", 30) ==  // the last column has no room of its own
        "  7.1 %  word one two three");
  CHECK(folded("no columns here", 10) == "no columns\nhere");
  CHECK(folded("narrow", 80) == "narrow");
}

TEST_CASE("terminal: commands work as they are shown", "[apps]") {
  CHECK(shell_quoted("out/mine") == "out/mine");
  CHECK(shell_quoted("模型") == "模型");
  CHECK(shell_quoted("my model") == "'my model'");
  CHECK(shell_quoted("it's") == "'it'\\''s'");
  CHECK(shell_quoted("") == "''");
  CHECK(shell_quoted("[MASK]") == "'[MASK]'");
  remember_program("build/my bin/mini_bert_train");
  CHECK(command_of("mini_bert_predict") == "'build/my bin/mini_bert_predict'");
  remember_program("mini_bert_train");
  CHECK(command_of("mini_bert_predict") == "mini_bert_predict");
}

TEST_CASE("missing model: the nearest folder that exists", "[apps]") {
  const TemporaryFolder folder;
  fs::create_directories(folder.path() / "models/mini-bert-zh");
  const std::string root = folder.path().string();
  CHECK(nearest_folder(root + "/model/mini-bert-zh") == root + "/models/mini-bert-zh");
  CHECK(nearest_folder(root + "/models/mini-bert-hz") == root + "/models/mini-bert-zh");
  CHECK(nearest_folder(root + "/elsewhere/mini-bert-zh").empty());
}

TEST_CASE("missing model: says first that there is no such folder", "[apps]") {
  const ProgramFolder folder;
  fs::create_directories(folder.path() / "models/mini-bert-zh");
  for (const char* command :
       {"mini_bert_train --train t.txt --output out --model ", "mini_bert_predict score 天 --model ",
        "mini_bert_train --check --train t.txt --model "}) {
    const Outcome outcome = folder.run(std::string(command) + "model/mini-bert-zh");
    INFO(outcome.err);
    CHECK(outcome.exit_code == 1);
#ifdef MINI_BERT_HUB
    CHECK_THAT(outcome.err,
               ContainsSubstring("there is no folder model/mini-bert-zh; did you mean models/mini-bert-zh?") &&
                   ContainsSubstring("HF_ENDPOINT") && ContainsSubstring("which comes with the program"));
#endif
    CHECK(std::ranges::count(outcome.err, '\n') == 1);
    CHECK_THAT(folder.run(std::string(command) + "./model/mini-bert-zh").err,
               ContainsSubstring("no such model folder; did you mean"));
  }
}
